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
	refused atomic.Pointer[failure.Error]
	alone   chan struct{} // holds something while a call goes alone
}

func newGate() *gate { return &gate{alone: make(chan struct{}, 1)} }

// pass makes a call to the service, or gives the refusal that an earlier one met.
func (g *gate) pass(ctx context.Context, call func() error) error {
	defer g.enter(ctx)()
	if err := g.refusal(); err != nil {
		return err
	}
	if err := interrupted(ctx); err != nil {
		return err
	}
	err := call()
	switch {
	case err == nil:
		g.proven.Store(true)
	case errors.Is(err, failure.Unauthenticated):
		g.refuse(err)
	}
	return err
}

// refuse keeps what was said of the login, without what was said of the one file.
func (g *gate) refuse(err error) {
	refusal := failure.Error{Kind: failure.Unauthenticated, Err: err}
	if e, ok := errors.AsType[*failure.Error](err); ok {
		refusal = *e
		refusal.Reference, refusal.Sent = "", 0
	}
	g.refused.CompareAndSwap(nil, &refusal)
}

// refusal is that of the login; nil when there was none.
func (g *gate) refusal() error {
	if refused := g.refused.Load(); refused != nil {
		e := *refused
		return &e
	}
	return nil
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
