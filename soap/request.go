package soap

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
)

// progressEvery is how often an observer hears of bytes taken; more often is more than an eye can follow.
const progressEvery = 100 * time.Millisecond

// requestBody is what the transport reads: head, payload, tail. The source is closed with the body, because the transport
// may still read after the call has returned.
type requestBody struct {
	message  message
	text     []byte          // the whole message where it has no attachment
	length   int64           // -1: unknown, sent chunked
	source   io.Closer       // nil without an attachment
	payload  *stream.Counter // nil without an attachment
	watchdog *stream.Watchdog

	mu       sync.Mutex
	progress func(int64) // nil: nobody listens, or nobody any more
	told     time.Time
	toldSent int64

	taken atomic.Int64
	whole atomic.Bool
	cause atomic.Pointer[error] // what ended the message before its end
}

// message can be read, and can write itself.
type message interface {
	io.Reader
	io.WriterTo
}

// newRequestBody opens the call's source and lays the message around it.
func newRequestBody(ctx context.Context, call *Call, watchdog *stream.Watchdog) (body *requestBody, contentType string, err error) {
	b := &requestBody{watchdog: watchdog}
	attachments, err := b.attach(ctx, call.Attachment)
	if err != nil {
		return nil, "", &failure.Error{Kind: failure.Source, Err: err}
	}
	contentType, err = b.encode(call, attachments)
	if err != nil {
		b.Close()
		return nil, "", &failure.Error{Kind: failure.Usage, Err: err}
	}
	return b, contentType, nil
}

// attach opens the source and puts the xop:Include where its bytes belong.
func (b *requestBody) attach(ctx context.Context, a *Attachment) ([]mtom.Attachment, error) {
	if a == nil {
		return nil, nil
	}
	source, err := a.Source.Open(ctx)
	if err != nil {
		return nil, err
	}
	size := a.Source.Size()
	// Nothing may be written behind the announced end of the message, where the next request would begin.
	bounded := stream.Limit(source, size, &stream.SizeError{Want: size, Got: size + 1})
	b.source, b.payload, b.progress = source, stream.NewCounter(bounded), a.Progress
	id := mtom.NewContentID()
	addInclude(a.Into, id)
	return []mtom.Attachment{{ContentID: id, Size: size, Body: b.payload}}, nil
}

func addInclude(into *etree.Element, contentID string) {
	include := into.CreateElement("xop:Include")
	include.CreateAttr("href", "cid:"+contentID)
	include.CreateAttr("xmlns:xop", mtom.NamespaceXOP)
}

func (b *requestBody) encode(call *Call, attachments []mtom.Attachment) (contentType string, err error) {
	envelope := Envelope{Version: call.Version, Header: call.Header, Body: call.Body}
	root := envelope.Bytes()
	if !call.MTOM {
		b.hold(root)
		return PlainContentType(call.Version, call.Action), nil
	}
	encoder, err := mtom.NewEncoder(root, call.Version.MediaType(), attachments...)
	if err != nil {
		return "", fmt.Errorf("write message: %w", err)
	}
	b.message, b.length = encoder, encoder.Len()
	if len(attachments) == 0 {
		text, err := io.ReadAll(encoder)
		if err != nil {
			return "", fmt.Errorf("write message: %w", err)
		}
		b.hold(text)
	}
	return encoder.ContentType(), nil
}

// hold keeps a message that is no more than its envelope.
func (b *requestBody) hold(text []byte) {
	b.text, b.message, b.length = text, bytes.NewReader(text), int64(len(text))
}

// again gives a held message from its start. The transport asks for it when an idle connection turned out to be dead before
// it took a byte; what has an attachment cannot be had again.
func (b *requestBody) again() (io.ReadCloser, error) {
	b.hold(b.text)
	b.taken.Store(0)
	b.whole.Store(false)
	return b, nil
}

// PlainContentType is the Content-Type of a message without MTOM; SOAP 1.2 names the action there, 1.1 in a field of its own.
func PlainContentType(v Version, action string) string {
	contentType := v.MediaType() + "; charset=utf-8"
	if v == SOAP12 && action != "" {
		contentType += `; action="` + action + `"`
	}
	return contentType
}

// Read hands the message to the transport.
func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.message.Read(p)
	b.took(int64(n))
	switch {
	case err == io.EOF:
		b.whole.Store(true)
	case err != nil && !b.Whole():
		b.cause.Store(&err)
	}
	b.report(err != nil)
	return n, err
}

// took counts what the transport has been given.
func (b *requestBody) took(n int64) {
	if n > 0 {
		b.watchdog.Kick()
	}
	if b.taken.Add(n) == b.length {
		b.whole.Store(true)
	}
}

func (b *requestBody) report(last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.progress == nil {
		return
	}
	now, sent := time.Now(), b.payload.N()
	if sent == b.toldSent || !last && now.Sub(b.told) < progressEvery {
		return
	}
	b.told, b.toldSent = now, sent
	b.progress(sent)
}

// hush tells the last of the progress, and no more after that: the transport may still read when the call has returned.
func (b *requestBody) hush() {
	if b == nil {
		return
	}
	b.report(true)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.progress = nil
}

// Close closes the source.
func (b *requestBody) Close() error {
	if b.source == nil {
		return nil
	}
	return b.source.Close()
}

// Sent counts payload bytes that the transport took.
func (b *requestBody) Sent() int64 {
	if b == nil || b.payload == nil {
		return 0
	}
	return b.payload.N()
}

// Whole reports whether the transport took the message to its end.
func (b *requestBody) Whole() bool { return b != nil && b.whole.Load() }

// Cause is why the message ended before its end, nil when it did not.
func (b *requestBody) Cause() error {
	if b == nil {
		return nil
	}
	if err := b.cause.Load(); err != nil {
		return *err
	}
	return nil
}
