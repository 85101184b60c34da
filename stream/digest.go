package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// Digest takes the SHA-256 of what is read through it, once per byte.
type Digest struct {
	counter *Counter
	hash    hash.Hash
}

// NewDigest digests what is read from r.
func NewDigest(r io.Reader) *Digest {
	return &Digest{counter: NewCounter(r), hash: sha256.New()}
}

// N is the number of bytes so far. It may be called from any goroutine.
func (d *Digest) N() int64 { return d.counter.N() }

// Sum is the SHA-256 of what was read so far, in 64 lower-case hexadecimal digits. It may be called at any time, but not
// while a Read or WriteTo is under way.
func (d *Digest) Sum() string { return hex.EncodeToString(d.hash.Sum(nil)) }

// Read reads from the reader below.
func (d *Digest) Read(p []byte) (int, error) {
	n, err := d.counter.Read(p)
	d.hash.Write(p[:n])
	return n, err
}

// WriteTo writes the rest to w. What w did not take is not in the digest.
func (d *Digest) WriteTo(w io.Writer) (int64, error) {
	return Copy(hashingWriter{w, d.hash}, d.counter)
}

type hashingWriter struct {
	w    io.Writer
	hash hash.Hash
}

func (h hashingWriter) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	h.hash.Write(p[:n])
	return n, err
}

// Digested is a source that keeps the digest of its last reading.
type Digested struct {
	Source
	digest *Digest
}

// NewDigested digests what is read from source.
func NewDigested(source Source) *Digested { return &Digested{Source: source} }

// Open opens the source and starts a new digest.
func (d *Digested) Open(ctx context.Context) (io.ReadCloser, error) {
	content, err := d.Source.Open(ctx)
	if err != nil {
		return nil, err
	}
	d.digest = NewDigest(content)
	return struct {
		*Digest
		io.Closer
	}{d.digest, content}, nil
}

// Sum is the SHA-256 of what was read since the last Open, as [Digest.Sum]; "" before the first.
func (d *Digested) Sum() string {
	if d.digest == nil {
		return ""
	}
	return d.digest.Sum()
}

// N is the number of bytes read since the last Open.
func (d *Digested) N() int64 {
	if d.digest == nil {
		return 0
	}
	return d.digest.N()
}
