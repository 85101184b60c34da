package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// fill puts shipments into the store that wait for the recipient, a second after one another.
func (f *far) fill(n int) {
	f.t.Helper()
	dir := filepath.Join(f.options.Dir, "broker")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		f.t.Fatal(err)
	}
	begin := time.Now().Add(-time.Duration(n) * time.Second).UTC()
	for i := range n {
		at := begin.Add(time.Duration(i) * time.Second).Format(time.RFC3339)
		record := fmt.Sprintf(`{"Reference":"%s","Service":{"Code":"4192","Edition":1},"Sender":"%s","SendersReference":"%d","Recipients":[{"Party":"%s"}],`+
			`"Initiated":"%s","Upload":{"FileName":"a.zip","Size":2,"At":"%s"}}`, numbered(i), sender, i, recipient, at, at)
		if err := os.WriteFile(filepath.Join(dir, numbered(i)+".json"), []byte(record), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

func numbered(i int) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", i) }

func TestAListIsBoundedAndBeginsWithTheOldest(t *testing.T) {
	f := start(t, nil)
	f.close()
	const waiting = 10_003
	f.fill(waiting)
	f.open()
	list := f.available(asRecipient, recipient, "Uploaded")
	var got []string
	for _, m := range regexp.MustCompile(`<a:FileReference>([^<]+)<`).FindAllStringSubmatch(list.body, -1) {
		got = append(got, m[1])
	}
	if len(got) != 10_000 || !slices.IsSorted(got) || got[0] != numbered(0) {
		t.Errorf("%d files, in order: %v, from %s", len(got), slices.IsSorted(got), got[0])
	}
	if !f.waits(numbered(9_999)) || f.waits(numbered(10_000)) {
		t.Error("the list does not end where it should")
	}
	f.call(asRecipient, "ConfirmDownloadedBasic", references(numbered(0), recipient))
	if !f.waits(numbered(10_000)) {
		t.Error("what did not fit in does not follow")
	}
	begin := time.Now()
	poll := `<pollParameters xmlns:p="http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01"><p:ExternalServiceCode>1</p:ExternalServiceCode>` +
		`<p:ExternalServiceEditionCode>1</p:ExternalServiceEditionCode><p:Recipients><a:string xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">` +
		recipient + strings.Repeat(","+recipient, 90_000) + `</a:string></p:Recipients></pollParameters>`
	a := f.call(asRecipient, "CheckIfAvailableFilesBasic", poll)
	if a.status != http.StatusOK || time.Since(begin) > 5*time.Second {
		t.Errorf("one party asked for again and again: %d after %v", a.status, time.Since(begin))
	}
}

// Texts that are kept in records have a limit, or a list of them would have none.
func TestTextsThatAreTooLong(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	long, fits := strings.Repeat("n", 1025), strings.Repeat("n", 1024)
	upload := func(name string) answer {
		return f.post(streamedPath, streamedAction+"UploadFileStreamedBasic", related, message(uploadRoot(asSender, reference, sender, name, inPart), emptyZIP))
	}
	for name, a := range map[string]answer{
		"SendersReference": f.call(asSender, "InitiateBrokerServiceBasic", initiation("4192", "1", sender, long, recipient)),
		"service code":     f.call(asSender, "InitiateBrokerServiceBasic", initiation(long, "1", sender, "r", recipient)),
		"FileName":         upload(long),
		"attachment":       f.submit(asSender, f.task(), long, "x"),
	} {
		if a.fault() != 0 || !strings.Contains(a.body, "has 1025 bytes, and 1024 are allowed") {
			t.Errorf("%s: %d %.2000s", name, a.status, a.body)
		}
	}
	if a := upload(fits); a.status != http.StatusOK {
		t.Errorf("the longest name that is allowed: %s", a.body)
	}
	if a := f.call(asSender, "InitiateBrokerServiceBasic", initiation("4192", "1", sender, fits, recipient)); a.status != http.StatusOK {
		t.Errorf("the longest reference that is allowed: %s", a.body)
	}
	f.download(asRecipient, strings.Repeat("r", 100_000), recipient)
	if longest := slices.MaxFunc(strings.Split(f.log.String(), "\n"), func(a, b string) int { return len(a) - len(b) }); len(longest) > 2000 {
		t.Errorf("a line of the log has %d bytes", len(longest))
	}
}

func TestAnEnvelopeThatIsTooLarge(t *testing.T) {
	f := start(t, nil)
	parameters := initiation("4192", "1", sender, "r", recipient)
	padded := func(n int) answer {
		return f.call(asSender, "InitiateBrokerServiceBasic", strings.Replace(parameters, "</Manifest>", "<Other>"+strings.Repeat("x", n)+"</Other></Manifest>", 1))
	}
	if a := padded(1 << 20); a.fault() != 0 || !strings.Contains(a.body, "limit") {
		t.Errorf("%d %.1000s", a.status, a.body)
	}
	if a := padded(1<<20 - 4096); a.status != http.StatusOK {
		t.Errorf("%d %.1000s", a.status, a.body)
	}
}

func TestRightsForOnePartyAddUp(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Users[0].Rights = []server.Right{{Party: sender, Receive: true}, {Party: sender, Send: true}}
	})
	if a := f.upload(f.initiate(), emptyZIP); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.available(asSender, sender, "Uploaded"); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// A file is deleted when the last of its recipients has confirmed it, and not before, however often the others say so.
func TestTheLastOfSeveralRecipients(t *testing.T) {
	const third = "123456785"
	for _, keep := range []bool{false, true} {
		f := start(t, func(o *server.Options) {
			o.KeepConfirmed = keep
			o.Users[1].Rights = append(o.Users[1].Rights, server.Right{Party: third, Receive: true})
		})
		a := f.call(asSender, "InitiateBrokerServiceBasic", initiation("4192", "1", sender, "r", recipient, third, recipient))
		reference := a.between(t, "<InitiateBrokerServiceBasicResult>", "</")
		f.upload(reference, emptyZIP)
		confirm := func(party string) {
			if a := f.call(asRecipient, "ConfirmDownloadedBasic", references(reference, party)); a.status != http.StatusOK {
				t.Errorf("%s: %s", party, a.body)
			}
		}
		for range 3 {
			confirm(recipient)
		}
		if strings.Contains(f.available(asRecipient, recipient, "Uploaded").body, reference) ||
			!strings.Contains(f.available(asRecipient, third, "Uploaded").body, reference) {
			t.Error("a confirmation holds for the party that gave it")
		}
		f.restart()
		for _, party := range []string{recipient, third} {
			if f.download(asRecipient, reference, party).payload(t) != emptyZIP {
				t.Errorf("%s cannot have it", party)
			}
		}
		confirm(third)
		file := filepath.Join(f.options.Dir, "broker", reference+".zip")
		if _, err := os.Stat(file); (err == nil) != keep {
			t.Errorf("all have confirmed, and the file: %v", err)
		}
	}
}

// block makes a record impossible to write: a directory lies where it belongs. What is there when it is gone again ends in a piece
// of a line, as a full disk leaves it.
func (f *far) block(record string) (unblock func()) {
	f.t.Helper()
	path := filepath.Join(f.options.Dir, record)
	before, err := os.ReadFile(path)
	existed := err == nil
	os.Remove(path)
	if err := os.Mkdir(path, 0o700); err != nil {
		f.t.Fatal(err)
	}
	return func() {
		f.t.Helper()
		if err := os.Remove(path); err != nil {
			f.t.Fatal(err)
		}
		if existed {
			if err := os.WriteFile(path, append(before, `{"Reference":`...), 0o600); err != nil {
				f.t.Fatal(err)
			}
		}
	}
}

// A record that cannot be written is a failure of the server, at every step, and the step can be done again.
func TestARecordThatCannotBeWritten(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	record := filepath.Join("broker", reference+".json")
	confirm := func() answer { return f.call(asRecipient, "ConfirmDownloadedBasic", references(reference, recipient)) }
	failed := func(step string, a answer) {
		t.Helper()
		if a.status != http.StatusInternalServerError || !strings.Contains(a.body, "<faultcode>s:Server<") || strings.Contains(a.body, f.options.Dir) {
			t.Errorf("%s: %d %s", step, a.status, a.body)
		}
	}
	unblock := f.block(record)
	failed("upload", f.upload(reference, emptyZIP))
	if f.waits(reference) {
		t.Error("a file without a record is listed")
	}
	unblock()
	if a := f.upload(reference, emptyZIP); a.status != http.StatusOK {
		t.Fatalf("again: %s", a.body)
	}
	unblock = f.block(record)
	failed("confirm", confirm())
	if !f.waits(reference) || f.download(asRecipient, reference, recipient).payload(t) != emptyZIP {
		t.Error("a confirmation that failed has had an effect")
	}
	unblock()
	if a := confirm(); a.status != http.StatusOK || f.waits(reference) {
		t.Errorf("again: %s", a.body)
	}
	f.restart()
	if f.waits(reference) {
		t.Error("a confirmation is forgotten")
	}
	element := f.task()
	id := 1 + atoi(f.submit(asSender, element, "a.pdf", "x").between(t, "<ReceiptId>", "<"))
	before := len(f.stored())
	f.block(filepath.Join("attachments", fmt.Sprint(id, ".json")))
	failed("attachment", f.submit(asSender, element, "b.pdf", "x"))
	if left := f.stored(); len(left) != before {
		t.Errorf("a refused attachment left something: %v", left)
	}
}

func atoi(s string) (n int) {
	fmt.Sscan(s, &n)
	return n
}
