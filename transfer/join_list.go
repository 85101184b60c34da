package transfer

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

// groupID is what the list shows of a file that was sent in segments: those with the same belong together. The sender is a
// part of it, so that nobody else can put a segment in.
type groupID struct {
	sender  broker.Party
	service string
	edition int
	prefix  string // of the sender's reference
	count   int
	name    string // of the whole file
}

// group is what waits of one file. A number has several shipments when its segment was sent more than once.
type group struct {
	groupID
	waiting map[int][]broker.AvailableFile // by number, from 1; oldest first
	total   int                            // shipments
}

// groups keeps the segments of a list apart, until it is known which of them are there.
type groups struct {
	byID  map[groupID]*group
	order []*group
}

func (g *groups) add(id groupID, number int, file broker.AvailableFile) {
	if g.byID == nil {
		g.byID = make(map[groupID]*group)
	}
	one := g.byID[id]
	if one == nil {
		one = &group{groupID: id, waiting: make(map[int][]broker.AvailableFile)}
		g.byID[id] = one
		g.order = append(g.order, one)
	}
	one.waiting[number] = append(one.waiting[number], file)
	one.total++
}

func (g *group) whole() bool { return len(g.waiting) == g.count }

// any is a shipment of the group, the first there is.
func (g *group) any() broker.AvailableFile {
	for number := 1; number <= g.count; number++ {
		if files := g.waiting[number]; len(files) > 0 {
			return files[0]
		}
	}
	return broker.AvailableFile{}
}

// asSegment reads what the list shows of a segment: the sender's reference is PREFIX-KKKK-of-NNNN, or the same and -N when it
// was sent again, the file's name is NAME.KKK.zip. Whatever differs in the least is a file like any other.
func asSegment(file broker.AvailableFile) (id groupID, number int, ok bool) {
	id = groupID{sender: file.Sender, service: file.ServiceCode, edition: file.EditionCode}
	id.prefix, number, id.count, ok = splitReference(file.SendersReference)
	if !ok || file.SFTPOnly {
		return groupID{}, 0, false
	}
	id.name, ok = strings.CutSuffix(file.Name, segmentName("", number, id.count))
	if !ok || CheckName(id.name) != nil {
		return groupID{}, 0, false
	}
	return id, number, true
}

// waiting is one thing that is received: a file of its own, a file in segments, or one segment of those that are not all there.
type waiting struct {
	file  broker.AvailableFile
	group *group // nil: file is one of its own
}

// joinable keeps the segments of a list back until its end, when it is known which of them are there. One that the journal
// knows as stored is confirmed by itself: the run that joined it ended before it came to that, and the others may be gone.
func (m *Manager) joinable(ctx context.Context, files iter.Seq2[broker.AvailableFile, error], as broker.Party, dir string) iter.Seq2[waiting, error] {
	return func(yield func(waiting, error) bool) {
		var kept groups
		for file, err := range files {
			id, number, isSegment := asSegment(file)
			if err == nil && isSegment && !m.options.NoJoin && !m.storedBefore(ctx, file, as, dir) {
				kept.add(id, number, file)
				continue
			}
			if !yield(waiting{file: file}, err) || err != nil {
				return
			}
		}
		for _, g := range kept.order {
			if g.whole() {
				if !yield(waiting{group: g}, nil) {
					return
				}
				continue
			}
			for _, file := range g.files() {
				if !yield(waiting{file, g}, nil) {
					return
				}
			}
		}
	}
}

// files are all that there are of a group, in the order of their numbers.
func (g *group) files() (all []broker.AvailableFile) {
	for number := 1; number <= g.count; number++ {
		all = append(all, g.waiting[number]...)
	}
	return all
}

func (m *Manager) receiveWaiting(ctx context.Context, w waiting, as broker.Party, dir string) Result {
	switch {
	case w.group == nil:
		return m.Receive(ctx, w.file, as, dir)
	case w.group.whole():
		return m.receiveJoined(ctx, w.group, as, dir)
	}
	return m.receiveRest(ctx, w)
}

// storedBefore reports whether the journal knows a shipment as stored. A journal that cannot be read is met again later.
func (m *Manager) storedBefore(ctx context.Context, file broker.AvailableFile, as broker.Party, dir string) bool {
	record, _, err := m.KnownReceived(ctx, file, as, dir)
	return err == nil && (record.State == resume.Stored || record.State == resume.Confirmed)
}

// receiveRest leaves a segment whose file is not all there at the service.
func (m *Manager) receiveRest(ctx context.Context, w waiting) Result {
	result := Result{Name: w.file.Name, Reference: w.file.Reference}
	m.observed(ctx, &result, listedSize(w.file), func(context.Context) {
		result.Skipped, result.Waits = true, true
		result.Note = fmt.Sprintf("it waits for the other segments of %s: %d of %d are missing",
			w.group.name, w.group.count-len(w.group.waiting), w.group.count)
	})
	return result
}
