package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/time/rate"
)

const (
	longestPiece = 64 << 10 // bytes that pass at once; larger ones gain nothing
	turnsPerSec  = 4        // how often each of the files under way moves, at least, so that none looks stalled
	burstsPerSec = 20       // a timer that is late by less than this part of a second loses nothing
)

// errNoTurn is what a reader gives whose context ended before it was its turn.
var errNoTurn = errors.New("it waited for its turn under the limit")

// pace holds all files in one direction, together, to so many bytes a second.
type pace struct {
	limiter *rate.Limiter
	piece   int // bytes that a file gets at a time
}

// newPace is nil, which holds nothing back, where bytesPerSec is not positive.
func newPace(bytesPerSec int64, files int) *pace {
	if bytesPerSec <= 0 {
		return nil
	}
	piece := min(max(bytesPerSec/int64(turnsPerSec*files), 1), longestPiece)
	burst := min(max(bytesPerSec/burstsPerSec, piece), 1<<30)
	return &pace{limiter: rate.NewLimiter(rate.Limit(bytesPerSec), int(burst)), piece: int(piece)}
}

// reader is r at that pace. Where there is none it is r itself, with what else r can do.
func (p *pace) reader(ctx context.Context, r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return &pacedReader{ctx: ctx, pace: p, below: r}
}

// limited is what a download is read through, so that all of them together keep to [Options.BytesPerSec].
func (m *Manager) limited(ctx context.Context, r io.Reader) io.Reader { return m.in.reader(ctx, r) }

type pacedReader struct {
	ctx   context.Context
	pace  *pace
	below io.Reader
}

// Read gives a piece when it is this file's turn.
func (p *pacedReader) Read(b []byte) (int, error) {
	n, err := p.below.Read(b[:min(len(b), p.pace.piece)])
	if n == 0 {
		return 0, err
	}
	if waited := p.pace.limiter.WaitN(p.ctx, n); waited != nil {
		return 0, fmt.Errorf("%w: %w", errNoTurn, cmp.Or(context.Cause(p.ctx), waited))
	}
	return n, err
}
