package binding_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	plainPath    = "/ServiceEngineExternal/BrokerServiceExternalEC2.svc"
	streamedPath = "/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc"
)

func confirm(ctx context.Context, c *binding.Client) error {
	_, err := c.Call(ctx, "ConfirmDownloaded", binding.Request{Values: binding.Values{
		"fileReference": binding.Text("0b7c41ac"), "reportee": binding.Text("991825827"),
	}})
	return err
}

func upload(ctx context.Context, c *binding.Client, source stream.Source) error {
	_, err := c.Call(ctx, "UploadFileStreamed", binding.Request{
		Values: binding.Values{"FileName": binding.Text("a.zip"), "Reference": binding.Text("0b7c41ac"), "Reportee": binding.Text("974760673")},
		Source: source,
	})
	return err
}

// together makes n calls at once and gives how they ended.
func together(n int, call func() error) []error {
	errs := make([]error, n)
	var calls sync.WaitGroup
	for i := range errs {
		calls.Go(func() { errs[i] = call() })
	}
	calls.Wait()
	return errs
}

func TestASessionIsBegunOnceForAnAddress(t *testing.T) {
	far := newFarSide(t)
	client := far.client(t, enterprise())
	for _, err := range together(20, func() error { return confirm(t.Context(), client) }) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := upload(t.Context(), client, stream.Bytes("a.zip", []byte("PK"))); err != nil {
		t.Fatal(err)
	}
	begun, called := far.seen()
	if !slices.Equal(begun, []string{plainPath, streamedPath}) {
		t.Errorf("sessions were begun at %v", begun)
	}
	for i, call := range called {
		want := plainPath + " machine=1"
		if i == 20 {
			want = streamedPath + " machine=2"
		}
		if call != want {
			t.Errorf("call %d is %s, want %s: cookies belong to one session", i, call, want)
		}
	}
}

func TestTwoIdentitiesShareNothing(t *testing.T) {
	far := newFarSide(t)
	server := httptest.NewServer(far)
	defer server.Close()
	for range 2 {
		if err := confirm(t.Context(), newClient(t, server.URL, enterprise(), nil)); err != nil {
			t.Fatal(err)
		}
	}
	if _, called := far.seen(); !slices.Equal(called, []string{plainPath + " machine=1", plainPath + " machine=2"}) {
		t.Errorf("calls %v", called)
	}
}

func TestAnEndedSessionIsReplacedAndTheCallRepeated(t *testing.T) {
	far := newFarSide(t)
	client := far.client(t, enterprise())
	for i := range 3 {
		if i == 1 {
			far.restart(t)
		}
		if err := confirm(t.Context(), client); err != nil {
			t.Fatal(err)
		}
	}
	begun, called := far.seen()
	want := []string{" machine=1", " machine=1", " machine=2", " machine=2"}
	for i := range want {
		want[i] = plainPath + want[i]
	}
	if len(begun) != 2 || !slices.Equal(called, want) {
		t.Errorf("%d sessions, calls %v", len(begun), called)
	}
}

func TestAnEndedSessionIsReplacedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := newFarSide(t)
		client := newClient(t, "http://127.0.0.1", enterprise(), &binding.Options{HTTP: inProcess(far)})
		if err := confirm(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		far.restart(t)
		for _, err := range together(10, func() error { return confirm(t.Context(), client) }) {
			if err != nil {
				t.Error(err)
			}
		}
		if begun, called := far.seen(); len(begun) != 2 || len(called) < 1+10+1 {
			t.Errorf("%d sessions were begun for %d calls", len(begun), len(called))
		}
	})
}

// Only address and time are signed when a session begins. Two of one moment would pass for one that came again.
func TestTwoBeginningsOfOneMomentAreToldApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := newFarSide(t)
		client := newClient(t, "http://127.0.0.1", enterprise(), &binding.Options{HTTP: inProcess(far)})
		far.forget(1)
		if err := confirm(t.Context(), client); err != nil {
			t.Error(err)
		}
		if begun, _ := far.seen(); len(begun) != 2 {
			t.Errorf("%d sessions were begun", len(begun))
		}
	})
}

func TestASecondEndIsAnError(t *testing.T) {
	far := newFarSide(t)
	client := far.client(t, enterprise())
	far.forget(100)
	err := confirm(t.Context(), client)
	if e, ok := errors.AsType[*failure.Error](err); !ok || e.Kind != failure.SessionExpired || e.Ambiguous || e.Op != "ConfirmDownloaded" {
		t.Errorf("got %v", err)
	}
	if begun, called := far.seen(); len(begun) != 2 || len(called) != 2 {
		t.Errorf("%d sessions, %d calls", len(begun), len(called))
	}
}

func TestAnUploadOfWhichBytesWereTakenIsNotRepeated(t *testing.T) {
	far := newFarSide(t)
	client := far.client(t, enterprise())
	far.forget(1)
	err := upload(t.Context(), client, stream.Bytes("a.zip", make([]byte, 1<<20)))
	if e, ok := errors.AsType[*failure.Error](err); !ok || e.Kind != failure.SessionExpired || e.Ambiguous || e.Sent == 0 {
		t.Errorf("got %v", err)
	}
	if err := upload(t.Context(), client, stream.Bytes("a.zip", []byte("PK"))); err != nil {
		t.Errorf("the next call: %v", err)
	}
	if begun, called := far.seen(); len(begun) != 2 || len(called) != 2 {
		t.Errorf("%d sessions, %d calls", len(begun), len(called))
	}
}

func TestAnUploadOfWhichNoByteWasTakenIsRepeated(t *testing.T) {
	for name, test := range map[string]struct {
		source stream.Source
		want   error
		calls  int
	}{
		"it can be read again":     {stream.Bytes("a.zip", []byte("PK")), nil, 1},
		"it can be read only once": {stream.OneShot("a.zip", -1, strings.NewReader("PK")), failure.SessionExpired, 0},
	} {
		t.Run(name, func(t *testing.T) {
			far := newFarSide(t)
			server := httptest.NewServer(far)
			defer server.Close()
			deaf := &deafOnce{http.DefaultTransport, false}
			client := newClient(t, server.URL, enterprise(), &binding.Options{HTTP: &http.Client{Transport: deaf}})
			if err := upload(t.Context(), client, test.source); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if _, called := far.seen(); len(called) != test.calls || !deaf.told {
				t.Errorf("%d calls reached the service", len(called))
			}
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		})
	}
}

// deafOnce says of the first upload that its session has ended, without reading it.
type deafOnce struct {
	http.RoundTripper
	told bool
}

func (d *deafOnce) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.told || !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return d.RoundTripper.RoundTrip(r)
	}
	d.told = true
	r.Body.Close()
	recorder := httptest.NewRecorder()
	refuse(recorder, security.Address{}, nil, "BadContextToken")
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// inProcess carries requests to a handler without a socket, so that a test can tell when nothing more moves.
func inProcess(h http.Handler) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, r)
		r.Body.Close()
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		response := recorder.Result()
		response.Request = r
		return response, nil
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A session whose end is near is replaced before the service says so.
func TestASessionIsRenewedBeforeItEnds(t *testing.T) {
	for lifetime, sessions := range map[time.Duration]int{-time.Minute: 3, time.Hour: 1, 2 * time.Minute: 1} {
		far := newFarSide(t)
		far.issued = func(issued *security.Issued) {
			issued.Body.FindElement("./Lifetime/Expires").SetText(time.Now().Add(lifetime).UTC().Format(time.RFC3339Nano))
		}
		client := far.client(t, enterprise())
		for range 3 {
			if err := confirm(t.Context(), client); err != nil {
				t.Fatal(err)
			}
		}
		if begun, _ := far.seen(); len(begun) != sessions {
			t.Errorf("%v: %d sessions for three calls, want %d", lifetime, len(begun), sessions)
		}
	}
}

func TestAnAnswerToAnotherMessageIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		relatesTo string
		want      error
	}{
		"another message": {security.NewMessageID(), failure.Protocol},
		"it does not say": {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			far := newFarSide(t)
			far.header = func(header []*etree.Element) []*etree.Element {
				return security.Reply(security.ReadAddress(header).Action, test.relatesTo, time.Now())
			}
			if err := confirm(t.Context(), far.client(t, enterprise())); !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCredentialsStayOffPlainHTTPInEveryBinding(t *testing.T) {
	reached := false
	unreachable := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		reached = true
		return nil, io.ErrUnexpectedEOF
	})}
	for _, credentials := range []binding.Credentials{
		binding.Basic{SystemUser: "u", Password: binding.Literal("p")}, binding.UsernameToken{Username: "u", Password: binding.Literal("p")}, enterprise(),
	} {
		for _, allow := range []bool{false, true} {
			reached = false
			client := newClient(t, "http://broker.example", credentials, &binding.Options{HTTP: unreachable, AllowPlainHTTP: allow})
			err := confirm(t.Context(), client)
			if reached != allow || errors.Is(err, failure.Usage) == allow {
				t.Errorf("%s, allowed %t: sent %t, %v", credentials.Binding(), allow, reached, err)
			}
		}
	}
}

func TestAPasswordThatIsEchoedInTheOtherBindingsDoesNotReachTheError(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		found := bytes.Contains(body, []byte("SYSTEM-PASSWORD"))
		if !found {
			t.Error("the password was not sent")
		}
		refuse(w, security.Address{}, &security.Error{Reason: "SYSTEM-PASSWORD is wrong"}, "")
	}))
	defer far.Close()
	client := newClient(t, far.URL, binding.UsernameToken{Username: "u", Password: binding.Literal("SYSTEM-PASSWORD")}, nil)
	if err := confirm(t.Context(), client); err == nil || strings.Contains(err.Error(), "SYSTEM-PASSWORD") {
		t.Errorf("got %v", err)
	}
}
