package binding_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
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
