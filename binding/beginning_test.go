package binding_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/google/go-cmp/cmp"
)

func TestWhoGivesUpWaitingLeavesTheOthersTheirSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := newFarSide(t)
		release := make(chan struct{})
		client := newClient(t, "http://127.0.0.1", enterprise(), &binding.Options{HTTP: inProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
				far.ServeHTTP(w, r)
			case <-r.Context().Done():
			}
		}))})
		first, cancel := context.WithCancel(t.Context())
		firsts, others := make(chan error, 1), make(chan error, 3)
		go func() { firsts <- confirm(first, client) }()
		synctest.Wait()
		for range 3 {
			go func() { others <- confirm(t.Context(), client) }()
		}
		synctest.Wait()
		cancel()
		if err := <-firsts; !errors.Is(err, failure.Interrupted) {
			t.Errorf("who gave up got %v", err)
		}
		close(release)
		for range 3 {
			if err := <-others; err != nil {
				t.Errorf("who waited got %v", err)
			}
		}
		if begun, called := far.seen(); len(begun) != 1 || len(called) != 3 {
			t.Errorf("%d sessions, %d calls", len(begun), len(called))
		}
	})
}

func TestARefusedCertificateIsShownOnceForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := newFarSide(t)
		release := make(chan struct{})
		far.begins = func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
			<-release
			refuse(w, security.ReadAddress(asked.Header), nil, "FailedAuthentication")
		}
		client := newClient(t, "http://127.0.0.1", enterprise(), &binding.Options{HTTP: inProcess(far)})
		time.AfterFunc(time.Second, func() { close(release) }) // when all wait
		errs := together(8, func() error { return confirm(t.Context(), client) })
		for i, err := range errs {
			e, ok := errors.AsType[*failure.Error](err)
			if !ok || e.Kind != failure.Unauthenticated || e.Op != "begin a session" || e.Ambiguous {
				t.Fatalf("got %v", err)
			}
			if slices.Contains(errs[:i], error(e)) {
				t.Error("two callers share an error, to which each may add")
			}
		}
		if begun, called := far.seen(); len(begun) != 1 || len(called) != 0 {
			t.Errorf("%d sessions were asked for, %d calls", len(begun), len(called))
		}
	})
}

func TestABeginningThatHangsEnds(t *testing.T) {
	for name, test := range map[string]struct {
		stop func(*binding.Client)
		want failure.Kind
	}{
		"by its limit": {func(*binding.Client) {}, failure.Stalled},
		"by Close":     {(*binding.Client).Close, failure.Interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				far := newFarSide(t)
				far.begins = func(_ http.ResponseWriter, r *http.Request, _ *soap.Envelope) { <-r.Context().Done() }
				client := newClient(t, "http://127.0.0.1", enterprise(), &binding.Options{HTTP: inProcess(far), StallTimeout: -1})
				errs := make(chan error, 1)
				go func() { errs <- confirm(t.Context(), client) }()
				synctest.Wait()
				test.stop(client)
				if err := <-errs; !errors.Is(err, test.want) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestABeginningThatFailsSaysSo(t *testing.T) {
	plain := func(status int, text string) func(http.ResponseWriter, *http.Request, *soap.Envelope) {
		return func(w http.ResponseWriter, _ *http.Request, _ *soap.Envelope) { http.Error(w, text, status) }
	}
	for name, test := range map[string]struct {
		begins func(http.ResponseWriter, *http.Request, *soap.Envelope)
		kind   failure.Kind
	}{
		"busy":       {plain(503, "later"), failure.Unavailable},
		"a web page": {plain(200, "<html>"), failure.Protocol},
		"no session": {func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
			answer(w, 200, security.Reply(security.ActionTokenIssued, security.ReadAddress(asked.Header).MessageID, time.Now()), soap.NewElement("x", "y"))
		}, failure.Protocol},
		"nothing": {func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
			answer(w, 200, nil, nil)
		}, failure.Protocol},
		"the end of a session that is none": {func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
			refuse(w, security.ReadAddress(asked.Header), nil, "BadContextToken")
		}, failure.SessionExpired},
		"an answer to another": {func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
			answer(w, 200, security.Reply(security.ActionTokenIssued, security.NewMessageID(), time.Now()), soap.NewElement("x", "y"))
		}, failure.Protocol},
	} {
		t.Run(name, func(t *testing.T) {
			far := newFarSide(t)
			far.begins = test.begins
			err := confirm(t.Context(), far.client(t, enterprise()))
			e, ok := errors.AsType[*failure.Error](err)
			if !ok || e.Kind != test.kind || e.Op != "begin a session" || e.Ambiguous {
				t.Errorf("got %v", err)
			}
			if begun, called := far.seen(); len(begun) != 1 || len(called) != 0 {
				t.Errorf("%d sessions were asked for, %d calls", len(begun), len(called))
			}
		})
	}
}

func TestHalfOfTheKeyStaysOutOfErrors(t *testing.T) {
	far := newFarSide(t)
	var secret string
	far.begins = func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
		secret = asked.Body.FindElement("./Entropy/BinarySecret").Text()
		http.Error(w, secret, http.StatusInternalServerError)
		w.Header().Set("Content-Type", secret)
	}
	err := confirm(t.Context(), far.client(t, enterprise()))
	if err == nil || secret == "" || strings.Contains(err.Error(), secret) {
		t.Errorf("the key is in %v", err)
	}
}

func TestACertificateThatCannotSignIsNotShown(t *testing.T) {
	authority, pair := identities()
	issue := func(notBefore, notAfter time.Duration) *tls.Certificate {
		template := certs.EnterpriseTemplate("Sender AS", "974760673")
		template.NotBefore, template.NotAfter = time.Now().Add(notBefore), time.Now().Add(notAfter)
		made, err := authority.Issue(template)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	expired := issue(-48*time.Hour, -24*time.Hour)
	for name, test := range map[string]struct {
		pair *tls.Certificate
		err  error
		want string
	}{
		"expired":      {expired, nil, "the certificate of Sender AS has expired on " + expired.Leaf.NotAfter.UTC().Format(time.DateOnly)},
		"without leaf": {&tls.Certificate{Certificate: expired.Certificate, PrivateKey: expired.PrivateKey}, nil, "expired"},
		"not yet":      {issue(24*time.Hour, 48*time.Hour), nil, "not valid before"},
		"no key":       {&tls.Certificate{Certificate: pair.Certificate}, nil, "no RSA key"},
		"no DER":       {&tls.Certificate{Certificate: [][]byte{{1}}, PrivateKey: pair.PrivateKey}, nil, "read certificate: x509"},
		"empty":        {new(tls.Certificate), nil, "read certificate: there is none"},
		"nil":          {nil, nil, "read certificate: there is none"},
		"unreadable":   {nil, errors.New("the card is not in its reader"), "read certificate: the card is not in its reader"},
	} {
		t.Run(name, func(t *testing.T) {
			far := newFarSide(t)
			credentials := enterprise()
			credentials.KeyPair = func(context.Context) (*tls.Certificate, error) { return test.pair, test.err }
			err := confirm(t.Context(), far.client(t, credentials))
			if !errors.Is(err, failure.Usage) || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "begin a session: ") {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if begun, _ := far.seen(); len(begun) != 0 {
				t.Error("it was shown")
			}
		})
	}
	if err := confirm(t.Context(), newFarSide(t).client(t, binding.Certificate{Username: "u", Password: binding.Literal("p")})); !errors.Is(err, failure.Usage) {
		t.Errorf("without any: %v", err)
	}
}

func TestTheBeginningIsAskedAsWritten(t *testing.T) {
	far := wiretest.Replay(t, "testdata/rst-response.http", "../soap/testdata/ec2-upload-response.http")
	client := newClient(t, far.URL, enterprise(), nil)
	if err := upload(t.Context(), client, stream.Bytes("a.zip", []byte("PK"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wiretest.Request(t, "testdata/rst-request.http"), far.All()[0]); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// Services name a sender whom they do not believe differently; to try again locks him out whatever the name.
func TestAFaultInsteadOfASessionIsARefusedLogin(t *testing.T) {
	for subcode, want := range map[string]failure.Kind{
		"FailedAuthentication": failure.Unauthenticated,
		"OfItsOwn":             failure.Unauthenticated,
		"ActionNotSupported":   failure.Refused, // it begins no sessions
	} {
		far := newFarSide(t)
		far.begins = func(w http.ResponseWriter, _ *http.Request, asked *soap.Envelope) {
			refuse(w, security.ReadAddress(asked.Header), nil, subcode)
		}
		err := confirm(t.Context(), far.client(t, enterprise()))
		if failure.KindOf(err) != want {
			t.Errorf("%s: %v", subcode, err)
		}
	}
}
