package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// process is a peer that was begun by [bench.begin]. It must be ended.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	words   *json.Decoder
	trouble strings.Builder // its standard error
}

// peerMark is a variable in the environment of peers. Where it stands, no bench is run: a command line that begins another
// program than it should would go on to begin processes that begin processes.
const peerMark = "ALTINN_TRANSFER_BENCH_PEER"

// killDelay is how long a process may take to go when it was told to.
const killDelay = 5 * time.Second

// begin starts a peer with its order. The end of ctx ends it.
func (b *bench) begin(ctx context.Context, o order) (*process, error) {
	command := b.Peer
	if o.program != "" {
		command = o.foreign()
	}
	p := &process{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	p.cmd.Args[0] = os.Args[0] // some programs are several, by the name they are begun by
	p.cmd.Env = append(append(os.Environ(), peerMark+"=1"), b.PeerEnv...)
	p.cmd.Stderr = &p.trouble
	p.cmd.WaitDelay = killDelay
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.words = in, json.NewDecoder(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a process of the bench: %w", err)
	}
	if err := json.NewEncoder(in).Encode(o); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

// hear waits for the next word.
func (p *process) hear() (word, error) {
	var said word
	if err := p.words.Decode(&said); err != nil {
		return said, fmt.Errorf("a process of the bench said nothing: %w", err)
	}
	if said.Error != "" {
		return said, errors.New(said.Error)
	}
	return said, nil
}

// end lets the process go, and gives its last word and its cost.
func (p *process) end() (word, Usage, error) {
	closed := p.in.Close()
	said, err := p.hear()
	if err == nil {
		err = closed
	}
	if waited := p.cmd.Wait(); waited != nil && err == nil {
		err = waited
	}
	if err != nil {
		return said, Usage{}, p.why(err)
	}
	return said, usageOf(p.cmd.ProcessState, said.Peak), nil
}

// kill ends a process that is of no use any more, and waits until it is gone.
func (p *process) kill() {
	p.in.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait() // says that it was killed
}

func (p *process) why(err error) error {
	if text := strings.TrimSpace(p.trouble.String()); text != "" {
		return fmt.Errorf("%w: %.500s", err, text)
	}
	return err
}

// usageOf is what the system says of a process that has ended. Its own word on its memory goes first: on Linux, what the system
// tells of a child begins with the size of its parent.
func usageOf(state *os.ProcessState, peak int64) Usage {
	if peak == 0 {
		peak = systemPeak(state)
	}
	return Usage{User: state.UserTime().Seconds(), System: state.SystemTime().Seconds(), Peak: peak}
}
