package zipstream

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// maxBlocks bounds the memory of a packer on a machine with many processors. Four that deflate are faster than most lines.
const maxBlocks = 5

// cutter reads entries one after the other and cuts their contents into blocks, each deflated in a goroutine of its own. How
// many there are at a time is how many blocks there are, from take until give.
type cutter struct {
	entries []Entry
	taken   chan struct{} // has as many values as blocks are taken
	blocks  chan *block   // in the order of the ZIP; wait for each to be deflated
	err     error         // why blocks ended before the last entry did; nil until then
	window  []byte        // the end of the content so far, for the next block
	running sync.WaitGroup
}

// blockCount is one more than there are processors: one block is read or sent while the others are deflated.
func blockCount() int { return min(runtime.GOMAXPROCS(0)+1, maxBlocks) }

func newCutter(entries []Entry, blocks int) *cutter {
	return &cutter{entries: entries, taken: make(chan struct{}, blocks), blocks: make(chan *block, blocks)}
}

// run cuts until the entries or ctx end.
func (c *cutter) run(ctx context.Context) {
	defer close(c.blocks)
	for i := range c.entries {
		if c.err = c.entry(ctx, &c.entries[i]); c.err != nil {
			return
		}
	}
}

func (c *cutter) entry(ctx context.Context, e *Entry) error {
	content, err := e.Open(ctx)
	if err != nil {
		return fmt.Errorf("pack %s: %w", e.Name, err)
	}
	err = c.cut(ctx, e, content)
	closeErr := content.Close()
	switch {
	case err != nil:
		return fmt.Errorf("pack %s: %w", e.Name, err)
	case closeErr != nil:
		return fmt.Errorf("close %s: %w", e.Name, closeErr)
	}
	return nil
}

// cut ends with a block that is not full, and empty where the content fills the one before.
func (c *cutter) cut(ctx context.Context, e *Entry, content io.Reader) error {
	var length int64
	c.window = c.window[:0]
	for begins := e; ; begins = nil {
		b, err := c.take(ctx)
		if err != nil {
			return err
		}
		n, err := b.fill(ctx, content, c.window)
		length += int64(n)
		ends := err == io.EOF
		switch {
		case err != nil && !ends:
			return err
		case ends && e.Size >= 0 && length != e.Size:
			return fmt.Errorf("it had %d bytes and gave %d", e.Size, length)
		}
		b.begins, b.ends = begins, ends
		c.window = append(c.window[:0], b.tail()...)
		c.running.Go(b.deflate)
		c.blocks <- b
		if ends {
			return nil
		}
	}
}

// take waits where all blocks are taken.
func (c *cutter) take(ctx context.Context) (*block, error) {
	select {
	case c.taken <- struct{}{}:
		return pool.Get().(*block), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// give takes back a block that is in the ZIP.
func (c *cutter) give(b *block) {
	b.begins = nil
	pool.Put(b)
	<-c.taken
}
