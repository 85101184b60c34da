package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// desk is a service that takes files as the broker does: one on a reference, and no second.
type desk struct {
	transfer.Backend // what is not for senders is not there

	mu         sync.Mutex
	steps      []string
	references int
	accepted   map[broker.Reference][]byte
	announced  map[broker.Reference]broker.Manifest

	before func(step string, n int) error // meets the nth step of the name, from 1, before it is carried out
	after  func(step string, n int) error // and after
}

func (d *desk) enter(step string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps = append(d.steps, step)
	n := 0
	for _, s := range d.steps {
		if s == step {
			n++
		}
	}
	return n
}

func meet(trouble func(string, int) error, step string, n int) error {
	if trouble == nil {
		return nil
	}
	return trouble(step, n)
}

func (d *desk) Initiate(_ context.Context, m broker.Manifest) (broker.Reference, error) {
	n := d.enter("initiate")
	if err := meet(d.before, "initiate", n); err != nil {
		return "", err
	}
	d.mu.Lock()
	d.references++
	reference := broker.Reference(fmt.Sprintf("ref-%d", d.references))
	if d.announced == nil {
		d.announced, d.accepted = map[broker.Reference]broker.Manifest{}, map[broker.Reference][]byte{}
	}
	d.announced[reference] = m
	d.mu.Unlock()
	return reference, meet(d.after, "initiate", n)
}

func (d *desk) Upload(ctx context.Context, r broker.Reference, _ broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	n := d.enter("upload")
	if err := meet(d.before, "upload", n); err != nil {
		return nil, err
	}
	if err := d.fault(r); err != nil {
		return nil, err
	}
	file, err := s.Open(ctx)
	if err != nil {
		return nil, &failure.Error{Op: "UploadFileStreamed", Kind: failure.Source, Err: err}
	}
	defer file.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(file); err != nil {
		return nil, &failure.Error{Op: "UploadFileStreamed", Kind: failure.Source, Err: err, Sent: int64(b.Len())}
	}
	o.Progress(int64(b.Len()))
	if err := d.fault(r); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.accepted[r] = b.Bytes()
	d.mu.Unlock()
	return &broker.Receipt{ID: n, Status: "OK"}, meet(d.after, "upload", n)
}

func (d *desk) fault(r broker.Reference) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.announced[r]; !known {
		return &failure.Error{Op: "UploadFileStreamed", Kind: failure.NotFound, Code: 40212, HasCode: true}
	}
	if _, taken := d.accepted[r]; taken {
		return &failure.Error{Op: "UploadFileStreamed", Kind: failure.AlreadyUploaded, Code: 40208, HasCode: true}
	}
	return nil
}

// Available is for [transfer.Backend].
func (d *desk) Available(context.Context, broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(func(broker.AvailableFile, error) bool) {}
}

// forget lets every reference expire.
func (d *desk) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.announced)
}

// log gives the steps since the last call.
func (d *desk) log() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	steps := slices.Clone(d.steps)
	d.steps = nil
	return steps
}

func (d *desk) uploads() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.accepted)
}

// lost is an answer that did not come although all went out.
func lost() error {
	return &failure.Error{Op: "UploadFileStreamed", Kind: failure.Network, Ambiguous: true, Err: errBoom}
}

// cut is a connection that broke in the middle.
func cut() error {
	return &failure.Error{Op: "UploadFileStreamed", Kind: failure.Network, Err: errBoom, Sent: 3}
}
