package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// fake is a back end in memory that writes down what it was asked, and fails where it is told.
type fake struct {
	mu    sync.Mutex
	calls []string
	files map[broker.Reference][]byte
	list  []broker.AvailableFile

	initiate, upload, confirm, available error
	ended                                int                    // so many uploads find that the session has ended
	body                                 func([]byte) io.Reader // what a download gives instead of the bytes
	during                               func(step string)      // called inside each step, unlocked
	hangs                                bool                   // confirm gives no answer
}

func (f *fake) step(name string) {
	f.mu.Lock()
	f.calls = append(f.calls, name)
	during := f.during
	f.mu.Unlock()
	if during != nil {
		during(name)
	}
}

func (f *fake) steps() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.calls...)
}

func (f *fake) Initiate(_ context.Context, m broker.Manifest) (broker.Reference, error) {
	f.step("initiate")
	if f.initiate != nil {
		return "", f.initiate
	}
	return broker.Reference("ref-" + m.SendersReference), nil
}

func (f *fake) Upload(ctx context.Context, r broker.Reference, _ broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	f.step("upload")
	if f.upload != nil {
		return nil, f.upload
	}
	file, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var b bytes.Buffer
	n, err := b.ReadFrom(file)
	if err != nil {
		return nil, err
	}
	o.Progress(n)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended > 0 {
		f.ended--
		return nil, &failure.Error{Op: "UploadFileStreamed", Kind: failure.SessionExpired, Sent: n}
	}
	if f.files == nil {
		f.files = map[broker.Reference][]byte{}
	}
	f.files[r] = b.Bytes()
	return &broker.Receipt{ID: len(f.files), Status: "OK"}, nil
}

func (f *fake) Available(context.Context, broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		f.step("list")
		for _, file := range f.list {
			if !yield(file, nil) {
				return
			}
		}
		if f.available != nil {
			yield(broker.AvailableFile{}, f.available)
		}
	}
}

func (f *fake) Download(_ context.Context, r broker.Reference, _ broker.Party) (*broker.Download, error) {
	f.step("download")
	f.mu.Lock()
	defer f.mu.Unlock()
	content, ok := f.files[r]
	if !ok {
		return nil, errors.New("no such file")
	}
	body := io.Reader(bytes.NewReader(content))
	if f.body != nil {
		body = f.body(content)
	}
	return &broker.Download{Body: io.NopCloser(body), Size: -1}, nil
}

func (f *fake) Confirm(ctx context.Context, _ broker.Reference, _ broker.Party) error {
	f.step("confirm")
	if f.hangs {
		<-ctx.Done()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f.confirm
}

var errBoom = errors.New("boom")
