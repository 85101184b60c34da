package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// order is what a peer is told to do: one line of JSON on its standard input.
type order struct {
	Do      string `json:"do"`                // a name of farSides or clients
	Address string `json:"address,omitempty"` // of the far side, as host and port
	File    string `json:"file,omitempty"`    // the payload, or for many files their directory
	Size    int64  `json:"size,omitempty"`    // bytes of the payload
	Repeat  int    `json:"repeat,omitempty"`  // how often it goes over
	Jobs    int    `json:"jobs,omitempty"`    // files at once
	Check   bool   `json:"check,omitempty"`   // tell the digest of what arrived; not in a measured run
	Dir     string `json:"dir,omitempty"`     // where to write

	// Of TLS, in PEM: certificate and key of the far side, and who vouches for it. They are made for one run of the bench.
	Own   []byte `json:"own,omitempty"`
	Roots []byte `json:"roots,omitempty"`

	program string // of a foreign peer, which has the order as [order.foreign]; "": ours
}

// word is what a peer says: a line of JSON on its standard output. A far side says its address first.
type word struct {
	Address string    `json:"address,omitempty"`
	Seconds float64   `json:"seconds,omitempty"`
	Bytes   int64     `json:"bytes,omitempty"` // that arrived
	Sum     string    `json:"sum,omitempty"`   // SHA-256 of the last payload that arrived, when it was asked for
	Latency []float64 `json:"latency,omitempty"`
	Packed  int64     `json:"packed,omitempty"`
	Peak    int64     `json:"peak,omitempty"` // resident memory at most, in bytes; 0: the system does not tell
	Error   string    `json:"error,omitempty"`
}

// farSides answer on a listener until the context ends.
var farSides = map[string]func(context.Context, net.Listener, order, *arrived) error{
	"idle-far":      serveHTTP(takeNothing),
	"http-copy":     serveHTTP(bareHandler(copying)),
	"http-sendfile": serveHTTP(bareHandler(sendfile)),
	"tcp":           serveTCP,
	"multipart":     serveHTTP(multipartHandler),
	"soap":          serveHTTP(soapHandler),
	"store":         serveStore,
	"bare-store":    serveBareStore,
}

// clients carry an order out, and say what became of it.
var clients = map[string]func(context.Context, order) (word, error){
	"idle":             func(context.Context, order) (word, error) { return word{}, nil },
	"put-copy":         put(copying),
	"put-sendfile":     put(sendfile),
	"get":              get,
	"tcp-up":           sendTCP,
	"tcp-down":         receiveTCP,
	"multipart-up":     postMultipart,
	"multipart-down":   getMultipart,
	"soap-up":          uploadSOAP(false),
	"soap-up-digest":   uploadSOAP(true),
	"soap-down":        downloadSOAP(false),
	"soap-down-digest": downloadSOAP(true),
	"engine-send":      engineSend,
	"engine-receive":   engineReceive,
	"bare-send":        bareSend,
	"bare-receive":     bareReceive,
	"zip":              packOurs,
	"archive/zip":      packStandard,
}

// RunPeer is the life of a client or far side of a measured run: it reads its order from in and says on out what became of
// it. A far side ends when in does, so that none outlives the process that began it.
func RunPeer(ctx context.Context, in io.Reader, out io.Writer) error {
	var o order
	orders := json.NewDecoder(in)
	if err := orders.Decode(&o); err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	said, err := carryOut(ctx, o, in, out)
	if err != nil {
		said.Error = err.Error()
	}
	said.Peak = residentPeak("self")
	return json.NewEncoder(out).Encode(said)
}

func carryOut(ctx context.Context, o order, in io.Reader, out io.Writer) (word, error) {
	if client, ok := clients[o.Do]; ok {
		return client(ctx, o)
	}
	if serve, ok := farSides[o.Do]; ok {
		return beFarSide(ctx, serve, o, in, out)
	}
	return word{}, fmt.Errorf("there is no peer %q", o.Do)
}

// beFarSide listens on this machine alone, says where, and answers until there is nothing more to read.
func beFarSide(ctx context.Context, serve func(context.Context, net.Listener, order, *arrived) error, o order, in io.Reader, out io.Writer) (word, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return word{}, err
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // ends with in, at the latest when the process does
		io.Copy(io.Discard, in)
		cancel()
	}()
	if err := json.NewEncoder(out).Encode(word{Address: l.Addr().String()}); err != nil {
		return word{}, err
	}
	var got arrived
	err = serve(ctx, l, o, &got)
	return word{Bytes: got.n.Load(), Sum: got.last()}, err
}

// repeated carries out a client's transfer so often, and times it. got stays empty where the far side counts.
func repeated(ctx context.Context, o order, got *arrived, once func() error) (word, error) {
	begun := time.Now()
	for range max(o.Repeat, 1) {
		if err := errors.Join(context.Cause(ctx), once()); err != nil {
			return word{}, err
		}
	}
	return word{Seconds: time.Since(begun).Seconds(), Bytes: got.n.Load(), Sum: got.last()}, nil
}
