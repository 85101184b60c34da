package binding_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

func TestASecretCannotPrintItself(t *testing.T) {
	credentials := binding.Basic{SystemUser: "412", Password: binding.Literal("hunter2")}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})).Debug("x", "credentials", credentials, "password", credentials.Password)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "credentials", credentials, "password", credentials.Password)
	encoded, err := json.Marshal(map[string]any{"password": credentials.Password})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(credentials), fmt.Sprintf("%v %+v %#v", credentials, credentials, credentials),
		fmt.Sprintf("%v %+[1]v %#[1]v", binding.UsernameToken{Username: "412", Password: credentials.Password}),
		fmt.Sprintf("%v %+[1]v %#[1]v", binding.Certificate{Username: "412", Password: credentials.Password}),
		fmt.Sprintf("%s %q %x %d", credentials.Password, credentials.Password, credentials.Password, credentials.Password),
		log.String(), string(encoded),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("the secret is in %s", text)
		}
		if !strings.Contains(text, "[redacted]") {
			t.Errorf("nothing says that something was left out of %s", text)
		}
	}
}

func TestAnAddressMustBeOne(t *testing.T) {
	credentials := binding.Basic{SystemUser: "412", Password: binding.Literal("hunter2")}
	for _, base := range []string{
		"", "broker.example", "ftp://broker.example", "https://", "https://u:hunter2@broker.example", "http://[::1", "file:///etc/passwd",
		"u:hunter2@broker.example", "https://u:hun ter2@broker.example", "https://u:hunter2/@broker.example",
	} {
		_, err := binding.New(base, credentials, nil)
		if !errors.Is(err, failure.Usage) {
			t.Errorf("%q: got %v", base, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error repeats the password: %v", base, err)
		}
	}
	if _, err := binding.New("https://broker.example", nil, nil); !errors.Is(err, failure.Usage) {
		t.Errorf("without credentials: %v", err)
	}
}

func TestACallIsCheckedBeforeItGoes(t *testing.T) {
	client, err := binding.New("http://127.0.0.1:1", binding.Basic{SystemUser: "412", Password: binding.Literal("p")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	failing, err := binding.New("http://127.0.0.1:1", binding.Basic{SystemUser: "412", Password: func(context.Context) (string, error) {
		return "", errors.New("the keyring is locked")
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := binding.Text("x")
	for name, test := range map[string]struct {
		client    *binding.Client
		operation string
		values    binding.Values
		want      string
	}{
		"no such operation":     {client, "UploadFile", nil, "UploadFile is not an operation of the Basic binding"},
		"a value is missing":    {client, "ConfirmDownloaded", binding.Values{"fileReference": text}, "reportee is missing"},
		"a value too many":      {client, "ConfirmDownloaded", binding.Values{"fileReference": text, "reportee": text, "Reportee": text}, "no parameter of it is called Reportee"},
		"no password to be had": {failing, "ConfirmDownloaded", binding.Values{"fileReference": text, "reportee": text}, "the keyring is locked"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.client.Call(t.Context(), test.operation, binding.Request{Values: test.values})
			if !errors.Is(err, failure.Usage) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A service that has an operation otherwise: the request goes where and as the override says, and the answer is read as it says.
func TestAnOverrideReachesTheWire(t *testing.T) {
	const ns = "http://gateway.example/broker"
	var path, action, body string
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		path, action, body = r.URL.Path, r.Header.Get("SOAPAction"), string(asked)
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ReceiptExternalStreamedBE xmlns="`+ns+`">`+
			`<ReceiptStatusCode>OK</ReceiptStatusCode></ReceiptExternalStreamedBE></s:Body></s:Envelope>`)
	}))
	defer far.Close()
	client := newClient(t, far.URL, binding.Basic{SystemUser: "412", Password: binding.Literal("p")}, &binding.Options{Overrides: []endpoint.Override{
		{Base: "UploadFileStreamed", Binding: endpoint.Basic, Path: "/before.svc", Interface: "IBroker"},
		{Base: "UploadFileStreamed", Binding: endpoint.WS, Path: "/another.svc"},
		{Base: "UploadFileStreamed", Binding: endpoint.Basic, Path: "/gateway/Files.svc", Namespace: ns, Name: "Upload"},
	}})
	if err := upload(t.Context(), client, stream.Bytes("a.zip", []byte("PK"))); err != nil {
		t.Error(err)
	}
	if path != "/gateway/Files.svc" || action != `"`+ns+`/IBroker/Upload"` ||
		!strings.Contains(body, `<StreamedPayloadBasicBE xmlns="`+ns+`">`) || !strings.Contains(body, `<h:FileName xmlns:h="`+ns+`">`) {
		t.Errorf("sent to %s with %s: %s", path, action, body)
	}
	_, err := binding.New(far.URL, binding.Basic{}, &binding.Options{Overrides: []endpoint.Override{{Base: "UploadFile", Path: "/x.svc"}}})
	if !errors.Is(err, failure.Usage) || !strings.Contains(err.Error(), "UploadFile") {
		t.Errorf("an override of nothing: %v", err)
	}
}
