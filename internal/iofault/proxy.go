package iofault

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// FaultKind is what goes wrong on a line.
type FaultKind uint8

// The kinds of fault.
const (
	Sound     FaultKind = iota // nothing goes wrong
	Reset                      // both ends see the connection reset, which may overtake the last bytes
	End                        // both ends see an orderly end
	HalfClose                  // the receiving end sees an orderly end, and what the sending end still sends is lost; the other way goes on
	Stall                      // nothing passes any more, and nobody is told; the other way goes on
	Flip                       // one bit of the next byte is changed
)

// Fault goes wrong once, when so many bytes have passed one way, counted over all connections. The line is sound again for
// connections that come later.
type Fault struct {
	Kind   FaultKind
	Answer bool  // in what the far side sends; else in what is sent to it
	At     int64 // bytes that pass before it
}

// Proxy is a line to a far side: it takes TCP connections and passes their bytes on, save for what goes wrong.
type Proxy struct {
	listener net.Listener
	target   string
	rate     int64 // bytes a second each way of a connection; 0: no limit

	mu     sync.Mutex
	fault  Fault
	passed [2]int64
	fired  bool
	conns  map[*net.TCPConn]bool
	broken chan struct{} // closed when the connections of now are to end

	accepting sync.WaitGroup
	lines     sync.WaitGroup
}

// NewProxy is a line to target ("127.0.0.1:8085") with one fault. It must be closed.
func NewProxy(target string, fault Fault) (*Proxy, error) { return newProxy(target, fault, 0) }

// NewThrottle is a sound line to target that lets so many bytes a second of a connection pass each way. It must be closed.
func NewThrottle(target string, bytesPerSec int64) (*Proxy, error) {
	return newProxy(target, Fault{}, bytesPerSec)
}

func newProxy(target string, fault Fault, rate int64) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		listener: listener, target: target, fault: fault, rate: rate,
		conns: map[*net.TCPConn]bool{}, broken: make(chan struct{}),
	}
	p.accepting.Go(p.accept)
	return p, nil
}

// URL is where it listens, for plain HTTP.
func (p *Proxy) URL() string { return "http://" + p.listener.Addr().String() }

// Passed counts the bytes that were passed on to the far side, and those of its answers.
func (p *Proxy) Passed() (sent, answered int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed[0], p.passed[1]
}

// Set breaks every connection, and begins anew with another fault.
func (p *Proxy) Set(fault Fault) {
	p.breakAll()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.fired, p.passed, p.broken = fault, false, [2]int64{}, make(chan struct{})
}

// Close breaks every connection and returns when all is over.
func (p *Proxy) Close() {
	p.listener.Close()
	p.accepting.Wait()
	p.breakAll()
}

func (p *Proxy) breakAll() {
	p.mu.Lock()
	close(p.broken)
	for conn := range p.conns {
		reset(conn)
	}
	p.mu.Unlock()
	p.lines.Wait()
}

func (p *Proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.begin(near.(*net.TCPConn))
	}
}

func (p *Proxy) begin(near *net.TCPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	broken := p.broken
	if p.keep(near, broken) {
		p.lines.Go(func() { p.join(near, broken) })
	}
}

// keep remembers a connection to be broken, until it is dropped. The lock is held.
func (p *Proxy) keep(conn *net.TCPConn, broken chan struct{}) bool {
	select {
	case <-broken:
		conn.Close()
		return false
	default:
		p.conns[conn] = true
		return true
	}
}

func (p *Proxy) drop(conn *net.TCPConn) {
	conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
}

// join passes bytes both ways until both have ended.
func (p *Proxy) join(near *net.TCPConn, broken chan struct{}) {
	defer p.drop(near)
	conn, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	far := conn.(*net.TCPConn)
	p.mu.Lock()
	kept := p.keep(far, broken)
	p.mu.Unlock()
	if !kept {
		return
	}
	defer p.drop(far)
	var ways sync.WaitGroup
	ways.Go(func() { p.pass(far, near, 0, broken) })
	ways.Go(func() { p.pass(near, far, 1, broken) })
	ways.Wait()
}

// lineBuffer is how much passes at once.
const lineBuffer = 32 << 10

// pass copies one way. An end is passed on as one, and a reset as one. What cannot be passed on is read all the same, so that
// an end is noticed.
func (p *Proxy) pass(to, from *net.TCPConn, way int, broken chan struct{}) {
	buffer := make([]byte, lineBuffer)
	if p.rate > 0 {
		buffer = buffer[:max(1, min(lineBuffer, p.rate/50))]
	}
	lost := false
	for {
		n, err := from.Read(buffer)
		if n > 0 && !lost {
			now, fault := p.count(buffer[:n], way)
			_, failed := to.Write(buffer[:now])
			lost = failed != nil || fault != Sound
			if !strike(fault, to, from, broken) {
				return
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			to.CloseWrite()
			return
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			reset(to, from)
			return
		}
		if !p.slowDown(n, broken) {
			return
		}
	}
}

func reset(conns ...*net.TCPConn) {
	for _, conn := range conns {
		conn.SetLinger(0)
		conn.Close()
	}
}

// count gives how many of the bytes pass now, and the fault that comes behind them. A flip is made in them.
func (p *Proxy) count(b []byte, way int) (now int, fault FaultKind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now = len(b)
	left := p.fault.At - p.passed[way]
	here := p.fault.Kind != Sound && !p.fired && p.fault.Answer == (way == 1)
	switch {
	case here && p.fault.Kind == Flip && left < int64(now):
		b[left] ^= 1
		p.fired = true
	case here && p.fault.Kind != Flip && left <= int64(now):
		now, fault, p.fired = int(left), p.fault.Kind, true
	}
	p.passed[way] += int64(now)
	return now, fault
}

// strike does what the fault does to a connection, and reports whether it is still to be read from.
func strike(fault FaultKind, to, from *net.TCPConn, broken chan struct{}) bool {
	switch fault {
	case Reset:
		reset(to, from)
		return false
	case End:
		from.CloseWrite()
		to.CloseWrite()
	case HalfClose:
		to.CloseWrite()
	case Stall:
		<-broken
		return false
	}
	return true
}

// slowDown keeps to the rate, and reports whether the line is not broken.
func (p *Proxy) slowDown(n int, broken chan struct{}) bool {
	if p.rate == 0 || n == 0 {
		return true
	}
	select {
	case <-broken:
		return false
	case <-time.After(time.Duration(n) * time.Second / time.Duration(p.rate)):
		return true
	}
}
