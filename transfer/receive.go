package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
)

// confirmGrace is how long a confirm may take after the caller was told to stop: the file is stored, and one more call
// spares fetching it again. It fits into the 5 seconds in which a stop must be over.
const confirmGrace = 4 * time.Second

// Receive carries one job out: download, check, store in dir under the file's own name, confirm. A name that is taken in dir
// gets the reference put in; nothing is ever overwritten. Nothing is tried twice.
func (m *Manager) Receive(ctx context.Context, file broker.AvailableFile, as broker.Party, dir string) Result {
	r := &receiving{manager: m, file: file, as: as}
	r.result.Name, r.result.Reference = file.Name, file.Reference
	size := file.Size
	if size <= 0 {
		size = -1
	}
	m.observed(&r.result, size, func() { r.result.Err = r.run(ctx, dir) })
	return r.result
}

// receiving is one job under way.
type receiving struct {
	manager *Manager
	file    broker.AvailableFile
	as      broker.Party
	result  Result
}

func (r *receiving) run(ctx context.Context, dir string) error {
	if err := r.check(); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &failure.Error{Op: "open the target directory", Kind: failure.Disk, Reference: string(r.file.Reference), Err: err}
	}
	defer root.Close()
	name, err := r.claimName(root)
	if err != nil {
		return err
	}
	defer r.manager.targets.release(filepath.Join(root.Name(), name))
	if err := r.download(ctx, root, name); err != nil {
		return err
	}
	r.result.Path = filepath.Join(dir, name)
	if r.manager.options.NoConfirm {
		return nil
	}
	return r.confirm(ctx)
}

// check refuses what cannot be stored safely. The file stays at the service, unconfirmed.
func (r *receiving) check() error {
	if r.file.SFTPOnly {
		return r.refused(failure.TooLarge, errors.New("the service gives this file over SFTP only"))
	}
	if err := CheckName(r.file.Name); err != nil {
		return r.refused(failure.BadName, fmt.Errorf("%w; its reference is %s", err, r.file.Reference))
	}
	return nil
}

func (r *receiving) refused(kind failure.Kind, err error) error {
	return &failure.Error{Op: "receive", Kind: kind, Reference: string(r.file.Reference), Err: err}
}

func (r *receiving) download(ctx context.Context, root *os.Root, name string) error {
	var body *broker.Download
	err := r.manager.login.pass(ctx, func() (err error) {
		body, err = r.manager.backend.Download(ctx, r.file.Reference, r.as)
		return err
	})
	if err != nil {
		return err
	}
	defer body.Close()
	stored, err := storage{
		root: root, name: name, size: r.size(body),
		progress: func(done int64) { r.manager.options.Observer.Progress(r.result.Key, 1, done) },
	}.store(body)
	r.result.Bytes, r.result.SHA256 = stored.Bytes, stored.SHA256
	return err
}

// size is what the file must have; -1 when nobody says. QUIRK: a service that moved to Altinn 3 lists every file with 0.
func (r *receiving) size(body *broker.Download) int64 {
	if r.file.Size > 0 {
		return r.file.Size
	}
	return body.Size
}

// claimName finds a name that is free: not on disk, and not another job's. What takes it meanwhile from outside is noticed at
// the end, and not overwritten either.
func (r *receiving) claimName(root *os.Root) (string, error) {
	for _, name := range []string{r.file.Name, withReference(r.file.Name, r.file.Reference)} {
		path := filepath.Join(root.Name(), name)
		if !r.manager.targets.claim(path) {
			continue
		}
		_, err := root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
		r.manager.targets.release(path)
		if err != nil {
			return "", &failure.Error{Op: "store " + r.file.Name, Kind: failure.Disk, Reference: string(r.file.Reference), Err: err}
		}
	}
	return "", &failure.Error{
		Op: "store " + r.file.Name, Kind: failure.Disk, Reference: string(r.file.Reference),
		Err: fmt.Errorf("%w, and so does the same with its reference; move one of them away", fs.ErrExist),
	}
}

// maxExt is the longest extension that is kept whole, in bytes; what is longer is a part of the name like any other.
const maxExt = 32

// withReference puts a reference before a name's extension, and shortens the name where it has to.
func withReference(name string, reference broker.Reference) string {
	ext := filepath.Ext(name)
	if len(ext) > maxExt {
		ext = ""
	}
	stem := name[:len(name)-len(ext)]
	suffix := "-" + string(reference) + ext
	return shorten(stem, maxName-len(suffix)) + suffix
}

func (r *receiving) confirm(ctx context.Context) error {
	ctx, cancel := withGrace(ctx, confirmGrace)
	defer cancel()
	err := r.manager.login.pass(ctx, func() error { return r.manager.backend.Confirm(ctx, r.file.Reference, r.as) })
	if err != nil {
		return fmt.Errorf("the file is stored, but not confirmed: %w", err)
	}
	r.result.Confirmed = true
	return nil
}

// withGrace gives a context that ends so long after ctx does.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(grace, func() { cancel(context.Cause(ctx)) })
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}
