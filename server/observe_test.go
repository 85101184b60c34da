package server_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// watching writes down what an observer is told.
type watching struct {
	mu    sync.Mutex
	began int
	ended []server.Request
}

func (w *watching) Began() func(server.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began++
	return func(q server.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ended = append(w.ended, q)
	}
}

// taken gives what was told, when all that began has ended.
func (w *watching) taken(t *testing.T) []server.Request {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.began != len(w.ended) {
		t.Errorf("%d requests began and %d have ended", w.began, len(w.ended))
	}
	return slices.Clone(w.ended)
}

func TestAnObserverHearsOfEveryRequest(t *testing.T) {
	w := &watching{}
	f := start(t, func(o *server.Options) {
		o.Observer = w
		o.Troubles = []server.Trouble{{Kind: server.Busy, Operation: "ConfirmDownloaded"}}
	})
	reference := f.initiate()
	f.call(asRecipient, "ConfirmDownloadedBasic", references(reference, recipient))
	f.call(asRecipient, "DownloadFileStreamedBasic", references(reference, recipient))
	f.post("/nowhere.svc", "", "text/xml", "<a/>")
	if response, err := http.Get(f.web.URL + brokerPath + "?wsdl"); err == nil {
		response.Body.Close() // which is no message
	}
	f.close()
	r := httptest.NewRequest("POST", brokerPath, strings.NewReader("<a/>"))
	f.server.ServeHTTP(httptest.NewRecorder(), r)

	type told struct{ operation, binding, outcome string }
	var got []told
	for _, q := range w.taken(t) {
		got = append(got, told{q.Operation, q.Binding, q.Outcome})
		if q.Outcome == server.OutcomeOK && (q.In == 0 || q.Out == 0 || q.Elapsed <= 0) {
			t.Errorf("%+v", q)
		}
	}
	want := []told{
		{"InitiateBrokerService", "Basic", server.OutcomeOK},
		{"ConfirmDownloaded", "Basic", server.OutcomeBusy},
		{"", "Basic", server.OutcomeRefused}, // it is no operation of that endpoint
		{"", "", server.OutcomeRefused},
		{"", "", server.OutcomeBusy},
	}
	if !slices.Equal(got, want) {
		t.Errorf("it heard of %v, not %v", got, want)
	}
}

func TestAnObserverHearsWhatBecameOfAnAnswer(t *testing.T) {
	w := &watching{}
	f := start(t, func(o *server.Options) {
		o.Observer = w
		o.Troubles = []server.Trouble{
			{Kind: server.LoseAnswer, Operation: "ConfirmDownloaded"},
			{Kind: server.CutAnswer, Operation: "GetAvailableFiles", After: 10},
			{Kind: server.CutRequest, Operation: "InitiateBrokerService", After: 10},
		}
	})
	for _, path := range []string{"ConfirmDownloadedBasic", "GetAvailableFilesBasic", "InitiateBrokerServiceBasic"} {
		if a, err := f.try(brokerPath, brokerAction+path, "text/xml", strings.NewReader(operation(asRecipient, path, ""))); err == nil {
			t.Errorf("%s is answered: %+v", path, a)
		}
	}
	f.close()
	var got []string
	for _, q := range w.taken(t) {
		got = append(got, q.Outcome)
	}
	if want := []string{server.OutcomeLost, server.OutcomeBrokeOff, server.OutcomeBrokeOff}; !slices.Equal(got, want) {
		t.Errorf("it heard of %v, not %v", got, want)
	}
}
