package resume

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var sameButTime = cmpopts.IgnoreFields(Record{}, "Updated")

// What every journal keeps to.
func TestJournal(t *testing.T) {
	kinds := map[string]func(*testing.T) Journal{
		"memory": func(*testing.T) Journal { return &Memory{} },
		"file":   func(t *testing.T) Journal { return open(t, journalPath(t)) },
	}
	tests := map[string]func(*testing.T, Journal){
		"nothing in it":           journalIsEmpty,
		"a record comes back":     journalKeeps,
		"the newest counts":       journalReplaces,
		"no context, no record":   journalHeedsContext,
		"nothing to put":          journalTakesNothing,
		"many at once":            journalIsConcurrent,
		"used while it is listed": journalIsUsedWhileListed,
		"listing stops":           journalListingStops,
	}
	for kind, make := range kinds {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				j := make(t)
				test(t, j)
				must(t, j.Close())
			})
		}
	}
}

func journalIsEmpty(t *testing.T, j Journal) {
	if r, ok := get(t, j, "a"); ok {
		t.Errorf("there is %+v", r)
	}
	if found := all(t, j.All(t.Context())); len(found) > 0 {
		t.Errorf("there is %v", found)
	}
}

func journalKeeps(t *testing.T, j Journal) {
	before := time.Now()
	want := record("a", Sending)
	must(t, j.Put(t.Context(), want))
	got, ok := get(t, j, "a")
	if diff := cmp.Diff(want, got, sameButTime); !ok || diff != "" {
		t.Error(diff)
	}
	if got.Updated.Before(before.Add(-time.Second)) || time.Since(got.Updated) < -time.Second || got.Updated.Location() != time.UTC {
		t.Errorf("updated at %v", got.Updated)
	}
	if found := all(t, j.All(t.Context())); len(found) != 1 || !cmp.Equal(found["a"], got) {
		t.Errorf("all: %v", found)
	}
}

func journalReplaces(t *testing.T, j Journal) {
	must(t, j.Put(t.Context(), record("a", Planned), record("b", Planned)))
	must(t, j.Put(t.Context(), record("b", Sending), record("c", Planned), record("b", Sent)))
	want := map[string]Record{"a": record("a", Planned), "b": record("b", Sent), "c": record("c", Planned)}
	if diff := cmp.Diff(want, all(t, j.All(t.Context())), sameButTime); diff != "" {
		t.Error(diff)
	}
	for key := range want {
		if got, ok := get(t, j, key); !ok || got.State != want[key].State {
			t.Errorf("%s: %v %s", key, ok, got.State)
		}
	}
}

func journalHeedsContext(t *testing.T, j Journal) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Put(ctx, record("a", Planned)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if r, ok := get(t, j, "a"); ok {
		t.Errorf("there is %+v", r)
	}
}

func journalTakesNothing(t *testing.T, j Journal) {
	must(t, j.Put(t.Context()))
	journalIsEmpty(t, j)
}

func journalIsConcurrent(t *testing.T, j Journal) {
	const workers, each = 8, 25
	var w sync.WaitGroup
	for i := range workers {
		w.Go(func() {
			for n := range each {
				key := fmt.Sprintf("%d-%d", i, n)
				if err := j.Put(t.Context(), record(key, Planned), record("shared", Planned)); err != nil {
					t.Error(err)
				}
				if r, ok, err := j.Get(t.Context(), key); err != nil || !ok || r.Key != key {
					t.Errorf("%s: %v %v %v", key, r, ok, err)
				}
			}
		})
	}
	w.Wait()
	if found := all(t, j.All(t.Context())); len(found) != workers*each+1 {
		t.Errorf("%d records", len(found))
	}
}

func journalIsUsedWhileListed(t *testing.T, j Journal) {
	for i := range 20 {
		must(t, j.Put(t.Context(), record(fmt.Sprint(i), Planned)))
	}
	seen := 0
	for r, err := range j.All(t.Context()) {
		must(t, err)
		seen++
		r.State = Initiated
		must(t, j.Put(t.Context(), r, record("new-"+r.Key, Planned)))
	}
	if found := all(t, j.All(t.Context())); seen != 20 || len(found) != 40 {
		t.Errorf("%d records were listed, %d are there", seen, len(found))
	}
}

func journalListingStops(t *testing.T, j Journal) {
	must(t, j.Put(t.Context(), record("a", Planned), record("b", Planned)))
	for range j.All(t.Context()) {
		break
	}
}
