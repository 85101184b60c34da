package wiretest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/google/go-cmp/cmp"
)

const secured = "../../broker/testdata/ec2-confirm-request.http"

var length = regexp.MustCompile(`Content-Length: \d+`)

// changed reads the message with one thing in its envelope replaced.
func changed(t *testing.T, old, replacement string) *wiretest.Message {
	t.Helper()
	content, err := os.ReadFile(secured)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(content), "\r\n\r\n")
	if !strings.Contains(body, old) {
		t.Fatalf("%s holds no %s", secured, old)
	}
	body = strings.ReplaceAll(body, old, replacement)
	head = length.ReplaceAllString(head, fmt.Sprintf("Content-Length: %d", len(body)))
	file := filepath.Join(t.TempDir(), "request.http")
	if err := os.WriteFile(file, []byte(head+"\r\n\r\n"+body), 0o600); err != nil {
		t.Fatal(err)
	}
	return wiretest.Request(t, file)
}

func TestWhatIsNewInEveryMessageMakesNoDifference(t *testing.T) {
	want := wiretest.Request(t, secured)
	for name, pair := range map[string][2]string{
		"another host":      {"https://altinn.example", "http://127.0.0.1:4711"},
		"another id":        {"7d8d2b5c", "00000000"},
		"another hour":      {"T05:", "T23:"},
		"another token":     {"uuid-5a7b-3", "uuid-9-9"},
		"another timestamp": {"_0", "time"},
		"another state":     {"c3RhdGUgb2YgdGhlIHNlcnZlcg==", "AAAA"},
		"another prefix":    {"dnse", "q"},
	} {
		if diff := cmp.Diff(want, changed(t, pair[0], pair[1])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsWrongMakesADifference(t *testing.T) {
	want := wiretest.Request(t, secured)
	for name, pair := range map[string][2]string{
		"another path":                         {"BrokerServiceExternalEC2.svc", "Broker.svc"},
		"an id of another form":                {"urn:uuid:7d8d2b5c", "uuid:7d8d2b5c"},
		"a time of another form":               {"09.120Z</u:Created>", "09Z</u:Created>"},
		"a longer life":                        {"T05:20", "T05:30"},
		"a reference to nothing":               {`Reference URI="#_0"`, `Reference URI="#_1"`},
		"a reference to another":               {`Reference URI="#_0"`, `Reference URI="#uuid-5a7b-3"`},
		"two elements of one id":               {`u:Id="uuid-5a7b-3"`, `u:Id="_0"`},
		"a signature of another length":        {"<SignatureValue>", "<SignatureValue>AAAA"},
		"no digest":                            {"<DigestValue>", "<DigestValue>?"},
		"another algorithm":                    {"hmac-sha1", "hmac-sha256"},
		"no mustUnderstand":                    {` s:mustUnderstand="1"`, ""},
		"another order within the header":      {"</u:Timestamp>", "</u:Timestamp><u:Timestamp/>"},
		"another value":                        {"991825827", "991825828"},
		"a parameter in no namespace":          {"<ns:reportee>991825827</ns:reportee>", "<reportee>991825827</reportee>"},
		"parameters in another order, or more": {"<ns:userName>", "<ns:password/><ns:userName>"},
	} {
		if cmp.Equal(want, changed(t, pair[0], pair[1])) {
			t.Errorf("%s makes none", name)
		}
	}
}
