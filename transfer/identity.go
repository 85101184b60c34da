package transfer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// identify finds the key of the job, which is made of what is to happen to which content. Without a journal nobody will look
// for it again, and what can be read only once has no content yet; such a job is like no other.
func (s *sending) identify(ctx context.Context) error {
	if s.manager.options.Journal == nil || stream.Once(s.job.Source) {
		s.key = randomKey()
		return nil
	}
	identity, err := s.identity(ctx)
	if err != nil {
		return err
	}
	if s.job.Identity == nil {
		s.payload.want = identity
	}
	s.key = s.keyOf(identity)
	return nil
}

func randomKey() string {
	var random [32]byte
	rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

// keyOf puts the recipients in order, because the service does not care for theirs.
func (s *sending) keyOf(identity string) string {
	m := s.job.Manifest
	parts := []string{string(resume.Send), s.manager.options.Scope, m.ServiceCode, strconv.Itoa(m.EditionCode), string(m.Sender)}
	parts = append(parts, recipients(m.Recipients)...)
	return resume.Key(append(parts, s.job.FileName, m.SendersReference, identity)...)
}

func recipients[P ~string](parties []P) []string {
	var all []string
	for _, party := range parties {
		all = append(all, string(party))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// identity is what stands for the content, from the journal when a source of the same stamp was read before.
func (s *sending) identity(ctx context.Context) (string, error) {
	if identity, err := s.knownIdentity(ctx); err != nil || identity != "" {
		return identity, err
	}
	identity, err := s.readIdentity(ctx)
	if err == nil && s.stampKey() != "" {
		s.pending = []resume.Record{s.sourceRecord(identity)}
	}
	return identity, err
}

// knownIdentity is "" where the journal has none.
func (s *sending) knownIdentity(ctx context.Context) (string, error) {
	stamp := s.stampKey()
	if stamp == "" {
		return "", nil
	}
	known, found, err := s.journal.Get(ctx, stamp)
	if err != nil {
		return "", s.journalFailure(ctx, err)
	}
	if !found || known.Size != s.job.Source.Size() {
		return "", nil
	}
	return known.SHA256, nil
}

// stampKey tells sources that stand for themselves from those that are packed: the same stamp, and another identity.
func (s *sending) stampKey() string {
	switch {
	case s.job.Stamp == "":
		return ""
	case s.job.Identity != nil:
		return resume.Key("identity", s.job.Stamp)
	}
	return resume.Key(string(resume.Source), s.job.Stamp)
}

// sourceRecord remembers an identity; "" forgets it.
func (s *sending) sourceRecord(identity string) resume.Record {
	return resume.Record{
		Key: s.stampKey(), Direction: resume.Source, State: resume.Digested,
		Name: s.job.FileName, Path: s.job.Path, Size: s.job.Source.Size(), SHA256: identity,
	}
}

func (s *sending) readIdentity(ctx context.Context) (string, error) {
	if s.job.Identity != nil {
		identity, err := s.job.Identity(ctx)
		return identity, unreadable(ctx, s.job.FileName, err)
	}
	done, ended := s.manager.reads(s.result.Key, s.job.Source.Size())
	defer ended()
	sum, _, err := digest(ctx, s.job.Source, done)
	return sum, unreadable(ctx, s.job.FileName, err)
}

// digest reads a source once, and stops when ctx ends.
func digest(ctx context.Context, source stream.Source, progress func(done int64)) (sum string, n int64, err error) {
	content, err := source.Open(ctx)
	if err != nil {
		return "", 0, err
	}
	defer content.Close()
	d := stream.NewDigest(&attentive{ctx, content})
	n, err = stream.Copy(io.Discard, &reporting{reader: d, progress: progress})
	return d.Sum(), n, err
}

// attentive is a reader that ends when ctx does.
type attentive struct {
	ctx   context.Context
	below io.Reader
}

func (a *attentive) Read(b []byte) (int, error) {
	if err := context.Cause(a.ctx); err != nil {
		return 0, err
	}
	return a.below.Read(b)
}

// unreadable is an error of reading what is to be sent, unless it was the end of ctx.
func unreadable(ctx context.Context, name string, err error) error {
	_, told := errors.AsType[*failure.Error](err)
	switch {
	case err == nil || told:
		return err
	case ctx.Err() != nil:
		return &failure.Error{Op: "read " + name, Kind: failure.Interrupted, Err: context.Cause(ctx)}
	}
	return &failure.Error{Op: "read " + name, Kind: failure.Source, Err: err}
}
