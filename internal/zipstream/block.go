package zipstream

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

const (
	// blockSize is content that is deflated at a time. The window in front of it is looked at again for each block, and an end
	// of five bytes comes behind it: of less, both would show.
	blockSize = 256 << 10
	// windowSize is how far back deflate can point.
	windowSize = 32 << 10
	// level makes ZIPs as small as archive/zip does, within three in a hundred. Above it, content that does not shrink is no
	// longer noticed, and costs as much as text.
	level = 6
)

// block is up to blockSize of an entry's content, deflated by itself: it points back into the window, the content before it,
// which it has of its own. The deflated blocks of an entry, one behind the other, are one stream of deflate, since each but
// the last ends at a full byte. It is the same whoever deflates it, and when.
type block struct {
	begins *Entry // the entry that begins here, or nil
	ends   bool   // it ends here
	plain  []byte // window and content
	at     int    // where in plain the content is
	packed bytes.Buffer
	flate  *flate.Writer
	err    error
	done   chan struct{} // closed when packed and err are there
}

// pool is the one piece of state of the package. It holds no meaning, only memory, which would otherwise be allocated and
// cleared for every package of a batch of thousands.
var pool = sync.Pool{New: func() any { return &block{plain: make([]byte, windowSize+blockSize)} }}

// fill reads content behind window until the block is full or there is an error, which is io.EOF at the end. It does not use
// [io.ReadFull], which leaves no difference between the end and a content that is cut short and says so by
// [io.ErrUnexpectedEOF].
func (b *block) fill(ctx context.Context, content io.Reader, window []byte) (n int, err error) {
	b.done, b.plain = make(chan struct{}), b.plain[:cap(b.plain)]
	b.at = copy(b.plain[:windowSize], window)
	room := b.plain[b.at:][:blockSize]
	for n < len(room) && err == nil {
		if err = context.Cause(ctx); err == nil {
			var read int
			read, err = content.Read(room[n:])
			n += read
		}
	}
	b.plain = b.plain[:b.at+n]
	return n, err
}

func (b *block) content() []byte { return b.plain[b.at:] }

// tail is the window of the next block.
func (b *block) tail() []byte { return b.plain[max(0, len(b.plain)-windowSize):] }

func (b *block) deflate() {
	b.err = b.deflateTo(&b.packed)
	close(b.done)
}

func (b *block) deflateTo(packed *bytes.Buffer) (err error) {
	packed.Reset()
	if b.flate == nil {
		if b.flate, err = flate.NewWriter(packed, level); err != nil {
			return err
		}
	}
	b.flate.ResetDict(packed, b.plain[:b.at])
	if _, err := b.flate.Write(b.content()); err != nil {
		return err
	}
	if b.ends {
		return b.flate.Close()
	}
	return b.flate.Flush()
}
