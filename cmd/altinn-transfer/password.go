package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// passwordSource is where a password is. The password itself is never in a flag, because other users of the machine see
// command lines.
type passwordSource struct {
	flag                        string // what its flags begin with
	file, env, command, keyring string
	known                       func() string // once it was read
}

// passwordWays are the ends of the flags of a password.
var passwordWays = []string{"-file", "-env", "-command", "-keyring"}

// flagsOf are the flags of a password, by what they begin with.
func flagsOf(begin string) []string {
	flags := slices.Clone(passwordWays)
	for i, way := range flags {
		flags[i] = begin + way
	}
	return flags
}

// waysOf says how a password is given, by what its flags begin with.
func waysOf(begin string) string {
	return fmt.Sprintf("use --%[1]s-file, --%[1]s-env, --%[1]s-command or --%[1]s-keyring", begin)
}

// addFlags adds the ways in which it is given, under flags that begin with that.
func (p *passwordSource) addFlags(flags *pflag.FlagSet, begin, what string) {
	p.flag = begin
	flags.StringVar(&p.file, begin+"-file", "", "`file` that holds "+what)
	flags.StringVar(&p.env, begin+"-env", "", "`variable` that holds "+what)
	flags.StringVar(&p.command, begin+"-command", "", "`command` that prints "+what+", run by the shell")
	flags.StringVar(&p.keyring, begin+"-keyring", "", "`name` in this user's keyring of "+what+`; "secret set" puts it there`)
}

// given counts the ways in which it is given.
func (p passwordSource) given() int {
	n := 0
	for _, way := range []string{p.file, p.env, p.command, p.keyring} {
		if way != "" {
			n++
		}
	}
	return n
}

// maxPassword bounds what is read where a password should be, in bytes.
const maxPassword = 4096

// read gets the password, once for the whole run: a prompt is not repeated, and neither is a command.
func (p passwordSource) read(ctx context.Context, a *app, prompt string) (string, error) {
	switch {
	case p.known != nil:
		return p.known(), nil
	case p.file != "":
		return p.fromFile()
	case p.env != "":
		return onlyLine("the variable "+p.env, a.env(p.env))
	case p.command != "":
		return p.fromCommand(ctx, a)
	case p.keyring != "":
		return fromKeyring(ctx, p.keyring, p.flag)
	case !isTerminal(a.in):
		return "", usageError("no password is given; %s", waysOf(p.flag))
	}
	return ask(ctx, a, prompt)
}

func (p passwordSource) fromFile() (string, error) {
	file, err := os.Open(p.file)
	if err != nil {
		return "", usageError("read password: %w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxPassword+1))
	if err != nil {
		return "", usageError("read password: %w", err)
	}
	return onlyLine(p.file, string(content))
}

// fromCommand runs a command by the shell and takes what it prints.
func (p passwordSource) fromCommand(ctx context.Context, a *app) (string, error) {
	command := shellCommand(ctx, p.command)
	var printed strings.Builder
	command.Stdin, command.Stdout, command.Stderr = a.in, &limitedWriter{&printed, maxPassword + 1}, a.screen
	err := command.Run()
	switch {
	case ctx.Err() != nil:
		return "", &failure.Error{Op: "run the password command", Kind: failure.Interrupted, Err: context.Cause(ctx)}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", usageError("run the password command: %w", err)
	}
	return onlyLine("the password command", printed.String())
}

// limitedWriter takes so many bytes and no more.
type limitedWriter struct {
	w    io.Writer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errors.New("it is too long for a password")
	}
	l.left -= len(p)
	return l.w.Write(p)
}

// onlyLine takes the line end and the byte order mark away that editors and commands add. Anything else that is odd is refused
// rather than tried: a few wrong passwords lock the user out, and XML has no place for what is no text.
func onlyLine(where, text string) (string, error) {
	line := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"), "\uFEFF")
	switch {
	case line == "":
		return "", usageError("%s holds no password", where)
	case len(line) > maxPassword:
		return "", usageError("%s holds more than %d bytes, too many for a password", where, maxPassword)
	case strings.ContainsAny(line, "\r\n\x00"):
		return "", usageError("%s holds more than one line; a password is one", where)
	case !isText(line):
		return "", usageError("%s holds what is no text in UTF-8; store the password as UTF-8", where)
	}
	return line, nil
}

// ask asks the person at the terminal, without showing what is typed. A signal ends the question and leaves the terminal as
// it was.
func ask(ctx context.Context, a *app, prompt string) (string, error) {
	fd := int(a.in.(*os.File).Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", usageError("ask for the password: %w", err)
	}
	fmt.Fprint(a.screen, prompt)
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		answers <- answer{text, err}
	}()
	defer fmt.Fprintln(a.screen)
	select {
	case got := <-answers:
		if got.err != nil {
			return "", usageError("ask for the password: %w", got.err)
		}
		return onlyLine("the answer", string(got.text))
	case <-ctx.Done():
		term.Restore(fd, before)
		return "", &failure.Error{Op: "ask for the password", Kind: failure.Interrupted, Err: context.Cause(ctx)}
	}
}
