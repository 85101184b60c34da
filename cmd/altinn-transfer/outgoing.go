package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// outgoing is what a send has before it: the files that were picked, or one parcel that is made already.
type outgoing struct {
	send   *sendCommand
	picked *picked
	parcel *parcel // standard input, or all in one ZIP; nil: the picked files, each by itself
	// segments are the shipments that files are cut into, less one for each file, of the files whose turn has come.
	segments int
	kept     *spool    // the parcel, when it is standard input that is kept; else nil
	producer *producer // of what is sent; nil: it is no command's output
}

// outgoing finds what the command line names.
func (s *sendCommand) outgoing(ctx context.Context, args []string) (*outgoing, error) {
	o := &outgoing{send: s}
	switch {
	case slices.Contains(args, stdin):
		all, err := stdinParcel(args, o.input(ctx), s.name)
		if err != nil {
			return nil, err
		}
		o.parcel = &all[0]
		return o, nil
	case s.pack:
		return o, o.pack(args)
	}
	found, err := pick(ctx, s.list.names(args, s.app.in), s.filter())
	if err != nil {
		return nil, err
	}
	o.picked = found
	if n := o.files(); n > 1 && (s.name != "" || s.reference != "") {
		return nil, usageError("--name and --reference are for one shipment, and these are %d; --pack makes one of them", n)
	}
	return o, nil
}

// spool keeps standard input, where that is wanted and it is what is sent.
func (o *outgoing) spool(ctx context.Context, args []string) error {
	s := o.send
	if !s.spool.wanted || !slices.Contains(args, stdin) {
		return nil
	}
	kept, err := s.spool.keep(ctx, o.parcel.source, int64(s.sizeLimit), s.app)
	if err != nil {
		return err
	}
	o.kept, o.parcel.source = kept, kept
	return nil
}

// input is what standard input stands for.
func (o *outgoing) input(ctx context.Context) io.Reader {
	s := o.send
	if s.produce == "" {
		return s.app.in
	}
	o.producer = newProducer(ctx, s.produce, s.app.screen)
	return o.producer
}

// close stops a producer, and gives back what a spool takes.
func (o *outgoing) close() {
	if o.producer != nil {
		o.producer.close()
	}
	if o.kept != nil {
		o.kept.close()
	}
}

func (s *sendCommand) filter() filter { return filter{&s.globs, s.app.log} }

// pack makes one parcel of all that is named.
func (o *outgoing) pack(args []string) error {
	s := o.send
	var paths []string
	for path, err := range s.list.names(args, s.app.in) {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return unreadable(err)
		}
		if info.IsDir() || s.globs.wants(filepath.Base(path)) {
			paths = append(paths, path)
		}
	}
	packed, err := transfer.Package(packageName(s.name, paths), paths, s.packageOptions(s.announced))
	if errors.Is(err, failure.Empty) {
		o.picked = &picked{}
		return nil
	}
	if err != nil {
		return err
	}
	o.parcel = &parcel{packed, paths}
	return nil
}

func (s *sendCommand) packageOptions(m broker.Manifest) transfer.PackageOptions {
	options := transfer.PackageOptions{Skip: s.filter().skip}
	if s.manifest {
		options.Manifest = &m
	}
	return options
}

// files counts the shipments.
func (o *outgoing) files() int {
	if o.parcel != nil {
		return 1
	}
	return len(o.picked.files) + len(o.picked.unread)
}

// bytes is what goes out in all, as far as it can be known before a file is opened; -1 when it cannot.
func (o *outgoing) bytes() int64 {
	switch {
	case o.parcel != nil:
		return o.parcel.source.Size()
	case o.picked.zips && o.send.segment == 0:
		return o.picked.bytes
	}
	return -1
}

// jobs are the jobs of all files, made when it is their turn; m cuts those that are to be cut. refuse hears of a file that there
// is no job for.
func (o *outgoing) jobs(ctx context.Context, m *transfer.Manager, refuse func(path string, err error)) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		if o.parcel != nil {
			yield(o.job(*o.parcel, o.send.name), nil)
			return
		}
		for _, dir := range o.picked.unread {
			refuse(dir.path, unreadable(dir.err))
		}
		for _, file := range o.picked.files {
			path := o.picked.path(file)
			jobs, left := o.fileJobs(ctx, m, path)
			o.segments += left - 1
			for job, err := range jobs {
				left--
				if err != nil {
					refuse(path, err)
					o.segments -= left // which do not come
				} else if !yield(job, nil) {
					return
				}
			}
		}
	}
}

func (o *outgoing) job(p parcel, name string) transfer.Job {
	return transfer.Job{Key: p.key(), Source: p.source, FileName: name, Again: o.send.again, Manifest: o.send.announced}
}

// fileJobs are the jobs of one file, and how many: several, when it is cut. An error is the last element.
func (o *outgoing) fileJobs(ctx context.Context, m *transfer.Manager, path string) (jobs iter.Seq2[transfer.Job, error], n int) {
	size := int64(o.send.segment)
	whole := func(yield func(transfer.Job, error) bool) { yield(o.fileJob(path)) }
	if size == 0 {
		return whole, 1
	}
	full, info, err := settle(path)
	if err != nil || info.Size() <= size {
		return whole, 1
	}
	source, err := stream.File(full)
	if err != nil {
		return func(yield func(transfer.Job, error) bool) { yield(transfer.Job{}, err) }, 1
	}
	return m.Segments(ctx, transfer.Job{
		Key: path, Source: source, FileName: cmp.Or(o.send.name, filepath.Base(path)),
		Path: full, Stamp: stamp(full, info), Again: o.send.again, Manifest: o.send.announced,
	}, size), int((info.Size()-1)/size) + 1
}

// fileJob is the job of one file. It is looked at for its stamp first: what changes after that is met by the source.
func (o *outgoing) fileJob(path string) (transfer.Job, error) {
	full, info, err := settle(path)
	if err != nil {
		return transfer.Job{}, unreadable(err)
	}
	p, err := parcelOf(path, o.send.name, o.send.packageOptions(o.send.announced))
	if err != nil {
		return transfer.Job{}, err
	}
	job := o.job(p, o.send.name)
	job.Path, job.Stamp = full, stamp(full, info)
	return job, nil
}

// settle gives the file that a path leads to, from the root and without links.
func settle(path string) (string, fs.FileInfo, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	if full, err = filepath.EvalSymlinks(full); err != nil {
		return "", nil, err
	}
	info, err := os.Lstat(full)
	return full, info, err
}

// stamp tells a file as it is now from any other, and from itself when it has changed.
func stamp(full string, info fs.FileInfo) string {
	return fmt.Sprintf("%s\n%d\n%d", full, info.Size(), info.ModTime().UnixNano())
}
