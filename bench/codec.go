package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// The codec alone, in this process: messages that are made as they are read, of a content that fits into a cache as what
// comes from a socket does. A row for a copy in memory moves the same bytes and does nothing else.

// codecContent is the bytes of which a message is made, again and again.
const codecContent = 64 << 10

// boundary is what WCF makes of one.
const boundary = "uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1"

// codecRow is one way to read or write a message whose payload is content, size bytes of it. What it moves goes to w.
type codecRow struct {
	who  string
	base bool
	move func(w io.Writer, content []byte, size int64) error
}

// contents are easy and hard to search.
func contents() map[string][]byte {
	pattern := func(kind iofault.Kind) []byte {
		all := make([]byte, codecContent)
		io.ReadFull(iofault.NewPattern(kind, codecContent, 1), all)
		return all
	}
	near := "\r\n--" + boundary[:len(boundary)-1]
	return map[string][]byte{
		"random": pattern(iofault.Random), "text": pattern(iofault.Text), "near-delimiter": bytes.Repeat([]byte(near), codecContent/len(near)),
	}
}

func (b *bench) codec(ctx context.Context) error {
	size := b.Size
	for _, name := range []string{"random", "text", "near-delimiter"} {
		if err := b.codecTask(ctx, "decode "+name, contents()[name], size, decoders); err != nil {
			return err
		}
	}
	if err := b.codecTask(ctx, "encode", contents()["random"], size, encoders); err != nil {
		return err
	}
	return b.codecTask(ctx, "decode base64 in place", contents()["random"][:codecContent/3*3], size, inPlace)
}

func (b *bench) codecTask(ctx context.Context, task string, content []byte, size int64, all []codecRow) error {
	var rows []measured
	for _, r := range all {
		rows = append(rows, measured{
			Row:   Row{Part: "codec", Task: task, Who: r.who, Ours: r.who == ours, Base: r.base, Bytes: size},
			check: func(context.Context) error { return r.check(content, min(size, 4<<20)+1) },
			run: func(context.Context) (Round, []Reading, error) {
				begun := time.Now()
				err := r.move(nowhere{}, content, size)
				return Round{Seconds: time.Since(begun).Seconds()}, nil, err
			},
		})
	}
	return b.inTurn(ctx, rows)
}

// check compares the digest of what a row moves with that of what it was given.
func (r codecRow) check(content []byte, size int64) error {
	got, want := sha256.New(), sha256.New()
	if err := r.move(struct{ io.Writer }{got}, content, size); err != nil {
		return err
	}
	if _, err := io.Copy(want, again(content, size)); err != nil {
		return err
	}
	if a, b := got.Sum(nil), want.Sum(nil); !bytes.Equal(a, b) {
		return fmt.Errorf("what came has the digest %s, not %s", hex.EncodeToString(a), hex.EncodeToString(b))
	}
	return nil
}

// nowhere is a writer that takes slices, and no other way.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// repeating gives content again and again, left bytes in all.
type repeating struct {
	content []byte
	at      int
	left    int64
}

func again(content []byte, size int64) io.Reader { return &repeating{content: content, left: size} }

func (r *repeating) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.content[r.at:])
	r.left -= int64(n)
	r.at = (r.at + n) % len(r.content)
	return n, nil
}

// base64Of is the text of content, size bytes of which stand for so many of text; content is a multiple of 3 bytes.
func base64Of(content []byte, size int64) io.Reader {
	whole := size / int64(len(content))
	text := base64.StdEncoding.EncodeToString(content)
	rest := base64.StdEncoding.EncodeToString(content[:size%int64(len(content))])
	return io.MultiReader(again([]byte(text), whole*int64(len(text))), bytes.NewReader([]byte(rest)))
}
