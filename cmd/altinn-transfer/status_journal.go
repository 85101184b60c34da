package main

import (
	"cmp"
	queue "container/heap"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
)

// knowledge is what one journal says. It does not grow with the journal.
type knowledge struct {
	path   string
	inUse  bool
	pid    int // of the process that has it; 0: not known
	pruned int

	states     map[resume.State]int
	open, done int
	lastDone   time.Time
	shown      urgent
	each       func(resume.Record) error // hears of every job that is not done; nil: nobody
}

// maxShown is how many jobs of a journal are shown one by one.
const maxShown = 100

func (k *knowledge) learn(ctx context.Context, records iter.Seq2[resume.Record, error]) error {
	k.states = make(map[resume.State]int)
	for r, err := range records {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := k.add(r); err != nil {
			return err
		}
	}
	return nil
}

func (k *knowledge) add(r resume.Record) error {
	if r.Direction == resume.Source {
		return nil
	}
	k.states[r.State]++
	if r.Done() {
		k.done++
		if r.Updated.After(k.lastDone) {
			k.lastDone = r.Updated
		}
		return nil
	}
	k.open++
	queue.Push(&k.shown, r)
	if len(k.shown) > maxShown {
		queue.Pop(&k.shown)
	}
	if k.each != nil {
		return k.each(r)
	}
	return nil
}

// sorted are the jobs to be shown, those first that most need to be looked at.
func (k *knowledge) sorted() []resume.Record {
	return slices.SortedFunc(slices.Values(k.shown), func(a, b resume.Record) int { return -urgency(a, b) })
}

// urgent is a heap of jobs, with the one on top that matters least.
type urgent []resume.Record

func (u urgent) Len() int           { return len(u) }
func (u urgent) Less(i, j int) bool { return urgency(u[i], u[j]) < 0 }
func (u urgent) Swap(i, j int)      { u[i], u[j] = u[j], u[i] }

// Push is for [queue.Interface], as are the others.
func (u *urgent) Push(r any) { *u = append(*u, r.(resume.Record)) }

func (u *urgent) Pop() any {
	last := (*u)[len(*u)-1]
	*u = (*u)[:len(*u)-1]
	return last
}

// urgency is positive when a matters more than b: an upload that may stand more than any other job, then the newer one.
func urgency(a, b resume.Record) int {
	return cmp.Or(cmp.Compare(doubt(a.State), doubt(b.State)), a.Updated.Compare(b.Updated), cmp.Compare(b.Key, a.Key))
}

func doubt(s resume.State) int {
	switch s {
	case resume.Uncertain:
		return 2
	case resume.Sending:
		return 1
	}
	return 0
}

// jobStates are those of jobs, in the order in which they are told.
var jobStates = []resume.State{
	resume.Uncertain, resume.Sending, resume.Initiated, resume.Planned, resume.Fetching, resume.Stored, resume.Sent, resume.Confirmed,
}

// advice says what to do about a job that is not done, when nobody works on it.
func advice(s resume.State) string {
	switch s {
	case resume.Uncertain:
		return "all of it went out and no answer came, so it may have been delivered; send it again with the same command: the service then says whether it has it, and it is not delivered twice"
	case resume.Sending:
		return "the process ended while it was sent; send it again with the same command: should the service have it, it is not delivered twice"
	case resume.Planned, resume.Initiated:
		return "nothing was delivered; send it again with the same command"
	case resume.Fetching:
		return "receive again with the same command; what came in part is gone on with"
	case resume.Stored:
		return "it is stored, and the service was not told; receive again with the same command, and it is"
	}
	return "run the same command again"
}

// adviceInUse is for all jobs of a journal that a process has.
const adviceInUse = "a process has the journal; wait for it"

func (k *knowledge) advice(s resume.State) string {
	if k.inUse {
		return adviceInUse
	}
	return advice(s)
}

// recordEvent is a job that is not done, as a journal has it.
type recordEvent struct {
	eventHead
	Journal          string   `json:"journal"`
	Direction        string   `json:"direction"`
	State            string   `json:"state"`
	Name             string   `json:"name,omitempty"`
	Path             string   `json:"path,omitempty"`
	Party            string   `json:"party,omitempty"`
	Recipients       []string `json:"recipients,omitempty"`
	SendersReference string   `json:"senders_reference,omitempty"`
	Reference        string   `json:"reference,omitempty"`
	Size             *int64   `json:"size,omitempty"` // bytes; not there when unknown
	Attempts         int      `json:"attempts"`
	Problem          string   `json:"problem,omitempty"`
	Note             string   `json:"note,omitempty"`
	Updated          string   `json:"updated"` // UTC
	Advice           string   `json:"advice"`
}

func newRecordEvent(k *knowledge, r resume.Record) recordEvent {
	event := recordEvent{
		eventHead: head("record"), Journal: k.path, Direction: string(r.Direction), State: string(r.State), Name: r.Name, Path: r.Path,
		Party: r.Party, Recipients: r.Recipients, SendersReference: r.SendersReference, Reference: r.Reference, Attempts: r.Attempts,
		Problem: r.Problem, Note: r.Note, Updated: eventTime(r.Updated), Advice: k.advice(r.State),
	}
	if r.Size >= 0 {
		event.Size = &r.Size
	}
	return event
}

// journalEvent ends what is told of one journal.
type journalEvent struct {
	eventHead
	Journal  string         `json:"journal"`
	InUse    bool           `json:"in_use"`
	PID      int            `json:"pid,omitempty"`
	Open     int            `json:"open"`
	Done     int            `json:"done"`
	States   map[string]int `json:"states"`
	LastDone string         `json:"last_done,omitempty"` // UTC
	Pruned   int            `json:"pruned,omitempty"`
}

func newJournalEvent(k *knowledge) journalEvent {
	event := journalEvent{
		eventHead: head("journal"), Journal: k.path, InUse: k.inUse, PID: k.pid, Open: k.open, Done: k.done,
		States: make(map[string]int), LastDone: eventTime(k.lastDone), Pruned: k.pruned,
	}
	for state, n := range k.states {
		event.States[string(state)] = n
	}
	return event
}
