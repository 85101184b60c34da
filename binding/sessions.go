package binding

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"golang.org/x/sync/singleflight"
)

// session is a secure conversation with one address, and the cookies that belong to it.
type session struct {
	conversation *security.Session
	cookies      *soap.Cookies
	renewal      time.Time // when another takes its place; the zero time: when the service says so
}

func (s *session) do(ctx context.Context, c *soap.Client, call *soap.Call) (*soap.Reply, error) {
	header, err := s.conversation.Sign(message(call))
	if err != nil {
		return nil, &failure.Error{Op: call.Op, Kind: failure.Usage, Err: err}
	}
	call.Cookies = s.cookies
	return exchange(ctx, c, call, header)
}

// earlier is how long before its end a session is replaced: clocks may differ by as much, and a call that waits on its way
// still finds it alive.
const earlier = 5 * time.Minute

// renewal is when a session is replaced that was begun and expires then. One that is short keeps four fifths of its life.
func renewal(begun, expires time.Time) time.Time {
	if expires.IsZero() {
		return expires
	}
	return expires.Add(-min(earlier, expires.Sub(begun)/5))
}

// sessions are those of one identity, one for each address. They are begun when they are needed, each by one caller while the
// others wait.
type sessions struct {
	flights singleflight.Group
	life    context.Context // until close
	end     context.CancelFunc

	mu    sync.Mutex
	known map[string]*session // by address
	last  time.Time           // when the latest was begun
}

// beginning begins a session and says in its message that it is now.
type beginning func(ctx context.Context, now time.Time) (*session, error)

func newSessions() *sessions {
	s := &sessions{known: make(map[string]*session)}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// at gives the session with an address, begun if there is none. A beginning that fails does so for all who wait for it, so that
// a refused certificate is shown once. Errors are [*failure.Error].
func (s *sessions) at(ctx context.Context, address string, begin beginning) (*session, error) {
	if found := s.find(address); found != nil {
		return found, nil
	}
	flight := s.flights.DoChan(address, func() (any, error) { return s.begin(ctx, address, begin) })
	select {
	case landed := <-flight:
		if landed.Err != nil {
			return nil, copied(landed.Err)
		}
		return landed.Val.(*session), nil
	case <-ctx.Done():
		return nil, &failure.Error{Op: opBegin, Kind: failure.Interrupted, Err: context.Cause(ctx)}
	}
}

// copied is an error that several callers get, for one of them, who may add to it.
func copied(err error) error {
	if e, ok := errors.AsType[*failure.Error](err); ok {
		same := *e
		return &same
	}
	return err
}

// beginLimit is the longest that a beginning may take, slow answers included.
const beginLimit = 2 * time.Minute

// begin begins a session for everybody who waits for it: it goes on when the caller who came first does not.
func (s *sessions) begin(ctx context.Context, address string, begin beginning) (*session, error) {
	if found := s.find(address); found != nil { // begun since the caller looked
		return found, nil
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), beginLimit, &stream.StallError{After: beginLimit})
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	begun, err := begin(ctx, s.moment())
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[address] = begun
	return begun, nil
}

// moment is now, or a millisecond after the last one: a service that remembers signatures, which are over address and time, would
// take the second of two for the first one come again.
func (s *sessions) moment() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if next := s.last.Add(time.Millisecond); now.Before(next) {
		now = next
	}
	s.last = now
	return now
}

// find gives a session that is not yet to be replaced, nil when there is none.
func (s *sessions) find(address string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.known[address]
	if found == nil || !found.renewal.IsZero() && time.Now().After(found.renewal) {
		return nil
	}
	return found
}

// drop forgets a session that the service does not know, with its cookies. Another that was begun meanwhile stays.
func (s *sessions) drop(address string, ended *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[address] == ended {
		delete(s.known, address)
	}
}

// close forgets all sessions, and ends the beginnings under way.
func (s *sessions) close() {
	s.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.known)
}
