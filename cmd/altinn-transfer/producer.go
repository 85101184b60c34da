package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// shellCommand is a command line that the shell of the system runs.
func shellCommand(ctx context.Context, line string) *exec.Cmd {
	command := exec.CommandContext(ctx, "sh", "-c", line)
	if runtime.GOOS == "windows" {
		command = exec.CommandContext(ctx, "cmd", "/C", line)
	}
	command.WaitDelay = time.Second // for what it leaves running, which may hold its output open
	return command
}

// producer reads what a command prints. The command is started by the first Read, and only when it ended well is there an
// [io.EOF]: what it printed before it failed cannot be taken for all. A Read may still go on when it is closed.
type producer struct {
	command *exec.Cmd
	output  io.Reader // nil until the first Read
	wait    func() error

	mu     sync.Mutex // over the start
	closed bool
}

func newProducer(ctx context.Context, line string, told io.Writer) *producer {
	p := &producer{command: shellCommand(ctx, line)}
	p.command.Stderr = told
	p.wait = sync.OnceValue(p.command.Wait)
	return p
}

func (p *producer) Read(b []byte) (int, error) {
	if p.output == nil {
		if err := p.start(); err != nil {
			return 0, fmt.Errorf("start the command: %w", err)
		}
	}
	n, err := p.output.Read(b)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if err := p.wait(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return n, fmt.Errorf("the command failed: %w", err)
	}
	return n, io.EOF
}

func (p *producer) start() (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	if p.output, err = p.command.StdoutPipe(); err != nil {
		return err
	}
	return p.command.Start()
}

// close stops a command that is still running.
func (p *producer) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.command.Process != nil {
		p.command.Process.Kill()
		p.wait()
	}
}
