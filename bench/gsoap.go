package bench

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// gSOAP's rows: its client against its far side, in MTOM and chunks, made on the spot from the contract that our server gives
// out. The program is a peer as ours are, but has its order in its arguments and cannot tell a digest: when it is checked, it
// keeps what arrives.

//go:embed gsoap
var gsoapSources embed.FS

const gsoapContract = "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc?wsdl"

var gsoapLanes = []lane{
	{"upload", "gSOAP", "upload", "serve", false},
	{"download", "gSOAP", "download", "serve", false},
}

// gsoapMost is the largest file that gSOAP is given. QUIRK: it breaks one of 4 GiB off.
const gsoapMost = 1 << 30

// gsoap are the rows where gSOAP is installed; else a note says why there are none.
func (b *bench) gsoap(ctx context.Context, file payload) ([]measured, error) {
	if b.Size > gsoapMost {
		b.note("gSOAP has no row: it has one for files up to %s", size(gsoapMost))
		return nil, nil
	}
	if missing := gsoapMissing(ctx); missing != "" {
		b.note("gSOAP has no row: %s is not installed", missing)
		return nil, context.Cause(ctx)
	}
	dir := filepath.Join(b.dir, "gsoap")
	if err := b.makeGSOAP(ctx, dir); err != nil {
		b.note("gSOAP has no row: %v", err)
		return nil, context.Cause(ctx)
	}
	b.note("gSOAP has no idle pair: nothing is taken off its processor time")
	foreign := order{program: filepath.Join(dir, "peer"), Dir: dir}
	return b.lanes(gsoapLanes, file, 1, foreign, foreign), nil
}

// gsoapMissing is the first thing that is not there of all that the making takes; "": nothing.
func gsoapMissing(ctx context.Context) string {
	for _, tool := range []string{"wsdl2h", "soapcpp2", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool
		}
	}
	// What gcc does not find, it gives back as it was asked for.
	const library = "libgsoap.so"
	found, err := exec.CommandContext(ctx, "gcc", "-print-file-name="+library).Output()
	if err != nil || strings.TrimSpace(string(found)) == library {
		return library
	}
	return ""
}

// makeGSOAP makes the program "peer" in dir, which it creates.
func (b *bench) makeGSOAP(ctx context.Context, dir string) error {
	sources, err := fs.Sub(gsoapSources, "gsoap")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, sources); err != nil {
		return err
	}
	if err := b.readContract(ctx, dir); err != nil {
		return err
	}
	if err := tool(ctx, dir, "soapcpp2", "-c", "-L", "-x", "-w", "contract.h"); err != nil {
		return err
	}
	return tool(ctx, dir, "gcc", "-O2", "-I.", "-o", "peer", "peer.c", "soapC.c", "soapClient.c", "soapServer.c", "-lgsoap")
}

// readContract has the contract of a server of ours made into a header file.
func (b *bench) readContract(ctx context.Context, dir string) error {
	store := filepath.Join(dir, "store")
	if err := os.Mkdir(store, 0o700); err != nil {
		return err
	}
	service, address, err := b.beginFar(ctx, order{Do: "store", Dir: store})
	if err != nil {
		return err
	}
	err = tool(ctx, dir, "wsdl2h", "-c", "-P", "-F", "-t", "typemap.dat", "-o", "contract.h", "http://"+address+gsoapContract)
	_, _, ended := service.end()
	return errors.Join(err, ended)
}

// tool runs a command in dir, where its temporary files are as well. What it says is heard to the end, so that no process is
// left that it has begun, also when ctx ends.
func tool(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.WaitDelay = dir, killDelay
	cmd.Env = append(os.Environ(), "TMPDIR=.")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %.500s", name, err, bytes.Join(bytes.Fields(said), []byte(" ")))
	}
	return nil
}

// foreign is the command line of a peer that is not ours.
func (o order) foreign() []string {
	command := []string{o.program, o.Do, o.Address, o.File}
	if o.Check {
		command = append(command, o.kept())
	}
	return command
}

func (o order) kept() string { return filepath.Join(o.Dir, "kept") }

// sumOfKept is the digest of what was kept, which is removed.
func (o order) sumOfKept() (string, error) {
	sum, err := digestOf(o.kept())
	return sum, errors.Join(err, os.Remove(o.kept()))
}
