package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
)

// both runs a client, and where there is one its far side, and gives what each said and cost. far may have no name.
func (b *bench) both(ctx context.Context, client, far order) (said, farSaid word, p *Pair, held []Reading, err error) {
	var service *process
	if far.Do != "" {
		if service, client.Address, err = b.beginFar(ctx, far); err != nil {
			return said, farSaid, nil, nil, err
		}
		defer func() {
			if err != nil {
				service.kill()
			}
		}()
	}
	caller, err := b.begin(ctx, client)
	if err != nil {
		return said, farSaid, nil, nil, err
	}
	end := watch(caller, service)
	said, p, err = ended(caller)
	held = end()
	if err != nil || service == nil {
		return said, farSaid, p, held, err
	}
	farSaid, usage, err := service.end()
	p.Far = &usage
	return said, farSaid, p, held, err
}

func ended(caller *process) (word, *Pair, error) {
	said, usage, err := caller.end()
	if err != nil {
		caller.kill()
	}
	return said, &Pair{Client: usage}, err
}

func (b *bench) beginFar(ctx context.Context, far order) (*process, string, error) {
	p, err := b.begin(ctx, far)
	if err != nil {
		return nil, "", err
	}
	said, err := p.hear()
	if err != nil {
		p.kill()
		return nil, "", p.why(err)
	}
	return p, said.Address, nil
}

// idleRounds is how often the idle pair is run; it is cheap.
const idleRounds = 7

// measureIdle finds what a pair costs that is only begun and ended.
func (b *bench) measureIdle(ctx context.Context) error {
	var pairs []*Pair
	for range idleRounds {
		_, _, p, _, err := b.both(ctx, order{Do: "idle"}, order{Do: "idle-far"})
		if err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, c *Pair) int { return int((a.cpu() - c.cpu()) * 1e6) })
	b.report.Idle = pairs[len(pairs)/2]
	b.idle = b.report.Idle.cpu()
	if b.report.Idle.peak() == 0 {
		b.note("peak memory is not known on %s", runtime.GOOS)
	}
	if runtime.GOOS != "linux" {
		b.note("memory over time is read from /proc, which %s has not", runtime.GOOS)
	}
	return nil
}

// busy is the processor time of a pair beyond that of the idle one.
func (b *bench) busy(p *Pair) float64 {
	idle := b.idle
	if p.Far == nil {
		idle = b.report.Idle.Client.cpu()
	}
	return max(p.cpu()-idle, 0)
}

// transferOf is the row of a client and a far side that carry the payload over, in one direction.
func (b *bench) transferOf(row Row, client, far order, sum string) measured {
	row.Bytes = client.Size * int64(client.Repeat)
	return measured{
		Row: row,
		check: func(ctx context.Context) error {
			client, far := client, far
			client.Check, far.Check, client.Repeat = true, true, 1
			said, farSaid, _, _, err := b.both(ctx, client, far)
			got := said.Sum + farSaid.Sum
			if err == nil && client.program != "" {
				got, err = client.sumOfKept()
			}
			if err == nil && got != sum {
				err = fmt.Errorf("what arrived has the digest %q, not %q", got, sum)
			}
			return err
		},
		run: func(ctx context.Context) (Round, []Reading, error) {
			said, farSaid, p, held, err := b.both(ctx, client, far)
			if got := said.Bytes + farSaid.Bytes; err == nil && got != row.Bytes {
				err = fmt.Errorf("%d bytes arrived, not %d", got, row.Bytes)
			}
			if err != nil {
				return Round{}, nil, err
			}
			round := Round{Seconds: said.Seconds, Pair: p, CPU: b.busy(p)}
			if client.program != "" {
				round.CPU = p.cpu() // the idle pair is one of ours
			}
			return round, held, nil
		},
	}
}
