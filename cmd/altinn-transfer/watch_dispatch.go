package main

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/dropfolder"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// dispatch brings the files of a drop folder to the engine, and from there to where they end.
type dispatch struct {
	app    *app
	batch  *batch
	drop   *drop
	out    *outgoing // makes a job of a file
	folder *dropfolder.Folder
	once   bool // there is no later look

	files   sync.Map // of dropfolder.File by name, from its settling to its end
	trouble string   // of the last look into the folder, in words; "" when it went well
}

// run goes on until ctx ends, a login is refused or the journal fails. The files under way then have ended when it returns.
func (d *dispatch) run(ctx context.Context, manager *transfer.Manager) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer d.batch.view.close()
	for r := range manager.SendAll(ctx, d.jobs(ctx)) {
		if errors.Is(r.Err, failure.Unauthenticated) {
			stop(r.Err)
		}
		if r.Key == "" {
			d.batch.add(r)
			continue
		}
		d.ended(ctx, r)
	}
}

// jobs makes a job of each file that has settled. One that there is no job for ends at once.
func (d *dispatch) jobs(ctx context.Context) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		for file, err := range d.folder.Settled(ctx) {
			if err != nil {
				d.troubled(err)
				continue
			}
			d.files.Store(file.Name, file)
			job, err := d.out.fileJob(file.Path)
			if err != nil {
				d.refuse(ctx, file.Path, err)
				continue
			}
			if !yield(job, nil) {
				return
			}
		}
	}
}

// troubled tells of a look into the folder that failed; of the same failure once, because the next look is soon.
func (d *dispatch) troubled(err error) {
	deaf := errors.Is(err, dropfolder.ErrDeaf) // which is no failure of a look
	err = &failure.Error{Op: "watch the folder", Kind: failure.Disk, Err: err}
	switch {
	case d.once:
		d.batch.list = err
		return
	case !deaf && err.Error() == d.trouble:
		return
	case !deaf:
		d.trouble = err.Error()
	}
	d.app.say("%s", visible(err.Error()))
	d.app.tell(folderEvent{eventHead: head("folder"), problem: newProblem(err)})
}

// looked tells of a look that went well, where the one before did not, or was into another folder.
func (d *dispatch) looked(anew bool) {
	switch {
	case d.trouble != "":
		d.app.say("the folder %s is there again", visible(d.drop.dir))
	case anew:
		d.app.say("there is another folder at %s now, which is watched on", visible(d.drop.dir))
	default:
		return
	}
	d.trouble = ""
	d.app.log.Info("the folder is watched on", "folder", d.drop.dir, "another", anew)
}

// refuse ends a file that could not be begun.
func (d *dispatch) refuse(ctx context.Context, key string, err error) {
	r := transfer.Result{Key: key, Name: filepath.Base(key), Err: err}
	view := droppedView{d.batch.view}
	view.Started(key, -1)
	view.Ended(r)
	d.ended(ctx, r)
}

// ended does with a file what its result asks for.
func (d *dispatch) ended(ctx context.Context, r transfer.Result) {
	name := filepath.Base(r.Key)
	value, _ := d.files.LoadAndDelete(name)
	file, _ := value.(dropfolder.File)
	if vanished(r) {
		d.folder.Done(name)
		return
	}
	if kindOf(r.Err) != failure.Interrupted {
		d.batch.add(r)
	}
	switch fateOf(r.Err) {
	case fateSent:
		d.move(file, r, d.drop.sent)
	case fateFailed:
		d.move(file, r, d.drop.failed)
	case fateStays:
		if ctx.Err() == nil {
			d.postpone(r.Key, name, retryAfter(r.Err))
		}
	}
}

// move brings a file to its end. One that has changed since it was sent is a new file, which settles anew.
func (d *dispatch) move(file dropfolder.File, r transfer.Result, into string) {
	reason := ""
	if into == d.drop.failed {
		reason = reasonText(file, r, time.Now())
	}
	moved, err := d.drop.move(file, into, string(r.Reference), reason)
	switch {
	case err == nil:
		d.folder.Done(file.Name)
		d.tellMoved(r.Key, moved, reason != "")
	case errors.Is(err, errReplaced):
		d.folder.Done(file.Name)
		d.app.log.Info("the file has changed since it was taken, and is a new one", "job", r.Key)
	default:
		err = &failure.Error{Op: "move " + file.Name, Kind: failure.Disk, Err: err}
		d.app.say("%s", visible(err.Error()))
		d.app.tell(folderEvent{head("folder"), r.Key, newProblem(err)})
		d.postpone(r.Key, file.Name, 0)
	}
}

func (d *dispatch) tellMoved(key, path string, refused bool) {
	event := movedEvent{eventHead: head("moved"), Key: key, Path: path}
	if refused {
		event.Reason = path + reasonSuffix
		d.app.say("%s is in %s now, and %s says what to do", visible(key), visible(filepath.Dir(path)), visible(filepath.Base(event.Reason)))
	}
	d.app.tell(event)
	d.app.log.Debug("moved", "job", key, "to", path)
}

func (d *dispatch) postpone(key, name string, least time.Duration) {
	wait := d.folder.Postpone(name, least)
	d.app.tell(postponedEvent{head("postponed"), key, wait.Seconds()})
	d.app.log.Info("the file stays, and is tried again", "job", key, "after", wait)
}

// vanished reports whether a file was not sent because somebody took it away, which is no failure.
func vanished(r transfer.Result) bool {
	if r.Err == nil || failure.KindOf(r.Err) != failure.Source || !errors.Is(r.Err, fs.ErrNotExist) {
		return false
	}
	_, err := os.Lstat(r.Key)
	return errors.Is(err, fs.ErrNotExist)
}

// droppedView tells of a file that was taken away as of one that was skipped.
type droppedView struct{ view }

// Ended is for [transfer.Observer].
func (v droppedView) Ended(r transfer.Result) {
	if vanished(r) {
		r.Err, r.Skipped, r.Note = nil, true, "it was taken away before it was sent"
	}
	v.view.Ended(r)
}
