package transfer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// gate keeps a wrong password from being tried more than once, because a few tries lock the user out: the first call goes
// alone, and when a login was refused, no call goes again.
type gate struct {
	proven  atomic.Bool
	refused atomic.Pointer[error]
	first   sync.Mutex
}

// pass makes a call to the service, or gives the refusal that an earlier one met.
func (g *gate) pass(ctx context.Context, call func() error) error {
	if !g.proven.Load() {
		g.first.Lock()
		if g.proven.Load() {
			g.first.Unlock()
		} else {
			defer g.first.Unlock()
		}
	}
	if err := g.refused.Load(); err != nil {
		return *err
	}
	if ctx.Err() != nil {
		return &failure.Error{Kind: failure.Interrupted, Err: context.Cause(ctx)}
	}
	err := call()
	switch {
	case err == nil:
		g.proven.Store(true)
	case errors.Is(err, failure.Unauthenticated):
		g.refused.Store(&err)
	}
	return err
}
