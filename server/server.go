// Package server is the far side: Altinn's broker and attachment services as an http.Handler over a store on disk.
//
// It is a service of its own, for a test bench or behind a gateway, and a stand-in for other people's tests: documented rules
// with documented fault codes, durable before it answers, and rules to misbehave by ([Trouble]). A streamed
// endpoint answers in multipart, also who asks in plain XML, as the real one is thought to do.
//
// # The store
//
//	broker/<reference>.json     a shipment: who to whom, what was uploaded, who has confirmed; a line for each state it had
//	broker/<reference>.zip      its file
//	formtasks/<id>.json         a form task: whose, of which service, archived or not, what its receipt says
//	formtasks/<id>-<n>.forms    the texts of its forms, as they are after n updates
//	attachments/<id>.json, .bin an attachment to a form task, and its bytes
//	lock                        held by the server that works on the store
//
// Every file appears whole or not at all, and is synced, as its directory is, before the client hears of it; so is a line that is
// added to a shipment, of which a piece that a crash left is not looked at. A payload comes
// before the record that tells of it, and the record of a form task after those of the attachments in its message: what a crash
// leaves is something that no receipt speaks of, which the next start removes.
package server

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/security"
)

// Server answers the catalogue's operations in every binding. It is safe for concurrent use.
type Server struct {
	options     Options
	users       *logins
	checker     *security.Checker
	root        *os.Root
	lock        *os.File // held as long as the store is
	shipments   *shipments
	attachments *attachments
	formTasks   *formTasks
	persons     *persons // nil: a person's login is not looked at
	fixtures    fixtures
	troubles    *troubles
	log         *slog.Logger

	crowd    atomic.Int64 // requests, those included that have not said yet what they want
	underWay atomic.Int64 // requests that have
	using    sync.RWMutex // held for reading by each request, and by a Close for ever
	closing  sync.Once
	stopped  chan struct{}
	sweeping sync.WaitGroup
}

// New opens the store, removes what a crash has left in it, and makes a server. It must be closed.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	if o.Keep < 0 {
		return nil, fmt.Errorf("read options: Keep is %v, and nothing can live as long", o.Keep)
	}
	users, err := newLogins(o.Users)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	checker, err := newChecker(o, users)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	troubles, err := newTroubles(o.Troubles)
	if err != nil {
		return nil, fmt.Errorf("read troubles: %w", err)
	}
	s := &Server{options: o, users: users, checker: checker, troubles: troubles, log: o.Log, stopped: make(chan struct{})}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s.sweeping.Go(s.sweep)
	return s, nil
}

func (s *Server) open() (err error) {
	if s.root, err = openStore(s.options.Dir); err != nil {
		return err
	}
	ids := new(atomic.Int64)
	if s.lock, err = takeStore(s.root); err == nil {
		s.shipments, err = openShipments(s.root, ids, s.options)
	}
	if err == nil {
		s.attachments, err = openAttachments(s.root, ids)
	}
	if err == nil {
		s.formTasks, err = openFormTasks(s.root, ids, s.attachments)
	}
	if err != nil {
		return errors.Join(err, s.closeStore())
	}
	return nil
}

// takeStore makes sure that no other server works on the store.
func takeStore(root *os.Root) (*os.File, error) {
	file, err := root.OpenFile("lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s is in use by another server: %w", root.Name(), err)
	}
	return file, nil
}

// Close waits for requests under way and gives the store back. Those that come later are answered with 503. A second Close
// does nothing.
func (s *Server) Close() (err error) {
	s.closing.Do(func() {
		close(s.stopped)
		s.using.Lock()
		s.sweeping.Wait()
		err = s.closeStore()
	})
	return err
}

// closeStore closes what is open of it.
func (s *Server) closeStore() error {
	var errs []error
	if s.shipments != nil {
		errs = append(errs, s.shipments.close())
	}
	if s.attachments != nil {
		errs = append(errs, s.attachments.close())
	}
	if s.formTasks != nil {
		errs = append(errs, s.formTasks.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(append(errs, s.root.Close())...)
}

// sweepEvery is how often what has expired is deleted. It is found expired in time all the same.
const sweepEvery = 10 * time.Minute

func (s *Server) sweep() {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.stopped:
			return
		case <-ticker.C:
			if err := s.shipments.removeExpired(); err != nil {
				s.log.Error("remove what has expired", "error", err)
			}
		}
	}
}

// crowdFactor times as many as may be carried out at once may be heard at once: to hear somebody costs no more than an envelope,
// and who says nothing must not take the place of who does.
const crowdFactor = 4

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := newAnswerWriter(w, http.NewResponseController(w), s.options.Limits.Stall)
	if !s.using.TryRLock() {
		s.turnAway(r)
		busy(answer, "the server is closed")
		return
	}
	defer s.using.RUnlock()
	defer s.crowd.Add(-1)
	if n := s.crowd.Add(1); s.tooMany(n / crowdFactor) {
		s.turnAway(r)
		busy(answer, tooManyRequests)
		return
	}
	switch r.Method {
	case http.MethodPost:
		newExchange(s, answer, r).run()
	case http.MethodGet, http.MethodHead:
		s.describe(answer, r)
	default:
		answer.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(answer, "POST a SOAP message, or GET with ?wsdl", http.StatusMethodNotAllowed)
	}
}

// tooMany reports whether so many requests are more than may be carried out at once.
func (s *Server) tooMany(n int64) bool {
	limit := int64(s.options.Limits.Requests)
	return limit > 0 && n > limit
}

const tooManyRequests = "too many requests at once"

// retryAfter is the Retry-After of a wait in whole seconds.
func retryAfter(wait time.Duration) string {
	return strconv.FormatInt(int64((cmp.Or(wait, 2*time.Second)+time.Second-1)/time.Second), 10)
}

// busy sends a client away for a moment. Its connection goes with it: what it still sends is not waited for.
func busy(w http.ResponseWriter, why string) {
	w.Header().Set("Retry-After", retryAfter(0))
	w.Header().Set("Connection", "close")
	http.Error(w, why, http.StatusServiceUnavailable)
}
