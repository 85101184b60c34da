package soap_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// secure is a far side with TLS that counts the requests it sees.
func secure(t *testing.T, config *tls.Config) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	seen := new(atomic.Int64)
	far := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, answer)
	}))
	far.Config.ErrorLog = log.New(io.Discard, "", 0)
	far.TLS = config
	far.StartTLS()
	t.Cleanup(far.Close)
	return far, seen
}

func TestACertificateThatNobodyVouchesForIsRefused(t *testing.T) {
	far, seen := secure(t, nil)
	_, err := client(t).Do(t.Context(), upload(far.URL, stream.Bytes("f.zip", []byte("PK"))))
	e, ok := errors.AsType[*failure.Error](err)
	if !ok || e.Kind != failure.Protocol || e.Sent != 0 || e.Ambiguous || seen.Load() != 0 {
		t.Errorf("%d requests, %v", seen.Load(), err)
	}
	if want := `the server's certificate, of "O=Acme Co" by "O=Acme Co": `; !strings.Contains(fmt.Sprint(err), want) {
		t.Errorf("%v does not say %q", err, want)
	}
}

func TestAKnownCertificateForAnotherNameIsRefused(t *testing.T) {
	far, seen := secure(t, nil)
	transport := far.Client().Transport.(*http.Transport)
	transport.TLSClientConfig.ServerName = "another.example.org"
	c := soap.NewClient(&soap.Options{HTTP: &http.Client{Transport: transport}})
	_, err := c.Do(t.Context(), upload(far.URL, stream.Bytes("f.zip", []byte("PK"))))
	if !errors.Is(err, failure.Protocol) || seen.Load() != 0 {
		t.Errorf("%d requests, %v", seen.Load(), err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		far, seen := secure(t, &tls.Config{MinVersion: version, MaxVersion: version})
		_, err := client(t).Do(t.Context(), upload(far.URL, stream.Bytes("f.zip", []byte("PK"))))
		e, ok := errors.AsType[*failure.Error](err)
		if !ok || e.Kind != failure.Protocol || e.Sent != 0 || e.Ambiguous || seen.Load() != 0 {
			t.Errorf("%x: %d requests, %v", version, seen.Load(), err)
		}
	}
}

func TestPlainHTTPBehindAnHTTPSAddressIsRefused(t *testing.T) {
	far := httptest.NewServer(http.NotFoundHandler())
	defer far.Close()
	far.Config.ErrorLog = log.New(io.Discard, "", 0)
	_, err := client(t).Do(t.Context(), upload("https"+far.URL[len("http"):], stream.Bytes("f.zip", []byte("PK"))))
	if e, ok := errors.AsType[*failure.Error](err); !ok || e.Kind != failure.Protocol || e.Sent != 0 {
		t.Errorf("got %v", err)
	}
}

func TestTLSWorks(t *testing.T) {
	far, seen := secure(t, nil)
	c := soap.NewClient(&soap.Options{HTTP: far.Client(), StallTimeout: 5 * time.Second})
	defer c.Close()
	if _, err := c.Do(t.Context(), upload(far.URL, stream.Bytes("f.zip", make([]byte, 1<<20)))); err != nil || seen.Load() != 1 {
		t.Errorf("%d requests, %v", seen.Load(), err)
	}
}
