package iofault

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// answering is a far side that reads to the end, and answers with what it read.
func answering(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if got, err := io.ReadAll(conn); err == nil {
					conn.Write(got)
				}
			}()
		}
	}()
	return listener.Addr().String()
}

// through asks for text to be answered, and gives what came and how it ended.
func through(t *testing.T, p *Proxy, patience time.Duration) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		return "", err
	}
	conn.(*net.TCPConn).CloseWrite()
	got, err := io.ReadAll(conn)
	return string(got), err
}

func TestProxyFaults(t *testing.T) {
	far := answering(t)
	p, err := NewProxy(far, Fault{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	flipped := text[:5] + string(text[5]^1) + text[6:]
	for _, test := range []struct {
		fault  Fault
		got    string
		reset  bool
		silent bool
	}{
		{fault: Fault{Kind: Sound}, got: text},
		{fault: Fault{Kind: Reset, At: 5}, reset: true},
		{fault: Fault{Kind: Reset, At: 5, Answer: true}, reset: true},
		{fault: Fault{Kind: End, At: 5}},
		{fault: Fault{Kind: End, At: 5, Answer: true}, got: text[:5]},
		{fault: Fault{Kind: HalfClose, At: 5}, got: text[:5]},
		{fault: Fault{Kind: HalfClose, At: 5, Answer: true}, got: text[:5]},
		{fault: Fault{Kind: Stall, At: 5}, silent: true},
		{fault: Fault{Kind: Stall, At: 5, Answer: true}, got: text[:5], silent: true},
		{fault: Fault{Kind: Flip, At: 5}, got: flipped},
		{fault: Fault{Kind: Flip, At: 5, Answer: true}, got: flipped},
		{fault: Fault{Kind: Reset, At: int64(len(text)) + 1}, got: text},
	} {
		p.Set(test.fault)
		patience := 10 * time.Second
		if test.silent {
			patience = 100 * time.Millisecond
		}
		got, err := through(t, p, patience)
		if test.reset {
			if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%+v: %q, error %v", test.fault, got, err)
			}
		} else if got != test.got || errors.Is(err, os.ErrDeadlineExceeded) != test.silent || (err != nil) != test.silent {
			t.Errorf("%+v: %q, error %v", test.fault, got, err)
		}
		if got, err := through(t, p, 10*time.Second); test.fault.At <= int64(len(text)) && (got != text || err != nil) {
			t.Errorf("%+v: and then %q, error %v", test.fault, got, err)
		}
	}
}

func TestProxyCounts(t *testing.T) {
	p, err := NewProxy(answering(t), Fault{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	through(t, p, 10*time.Second)
	through(t, p, 10*time.Second)
	if sent, answered := p.Passed(); sent != 2*int64(len(text)) || answered != sent {
		t.Errorf("%d and %d bytes", sent, answered)
	}
}

func TestThrottleIsSlow(t *testing.T) {
	p, err := NewThrottle(answering(t), int64(5*len(text)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	start := time.Now()
	if got, err := through(t, p, 10*time.Second); got != text || err != nil {
		t.Errorf("%q, error %v", got, err)
	}
	if took := time.Since(start); took < 300*time.Millisecond { // 0.2 s each way, less what passes last
		t.Errorf("it took %v", took)
	}
}
