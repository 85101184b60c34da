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
	alone   chan struct{} // holds something while a call goes alone
}

func newGate() *gate { return &gate{alone: make(chan struct{}, 1)} }

// pass makes a call to the service, or gives the refusal that an earlier one met.
func (g *gate) pass(ctx context.Context, call func() error) error {
	defer g.enter(ctx)()
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

// enter waits until nobody goes alone, or ctx ends, and gives the way out.
func (g *gate) enter(ctx context.Context) (leave func()) {
	nothing := func() {}
	if g.proven.Load() {
		return nothing
	}
	select {
	case g.alone <- struct{}{}:
	case <-ctx.Done():
		return nothing
	}
	leave = sync.OnceFunc(func() { <-g.alone })
	if g.proven.Load() {
		leave()
	}
	return leave
}
