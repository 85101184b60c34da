package resume

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// life is a small journal: jobs in every stage, some of it written anew, the rest added since.
func life(t testing.TB) (text []byte, written map[string][]Record) {
	t.Helper()
	path := journalPath(t)
	f := open(t, path)
	written = map[string][]Record{}
	put := func(records ...Record) {
		for i := range records {
			records[i].Recipients, records[i].Path, records[i].Problem = nil, "", ""
			records[i].Note = fmt.Sprint(len(written[records[i].Key]))
			written[records[i].Key] = append(written[records[i].Key], records[i])
		}
		must(t, f.Put(t.Context(), records...))
	}
	put(record("old", Initiated))
	put(record("old", Sent))
	put(record("stored", Stored), record("half", Initiated))
	if _, err := f.Prune(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	put(Record{Key: "source", Direction: Source, State: Digested}, record("new", Planned))
	put(record("new", Initiated))
	put(record("half", Sending))
	put(record("new", Sending))
	put(record("half", Initiated))
	put(record("new", Uncertain))
	put(record("stored", Confirmed))
	put(record("new", Sent))
	return content(t, path), written
}

// readText reads a journal that is in memory.
func readText(text []byte) (map[string]Record, contents, error) {
	file := bytes.NewReader(text)
	c, err := examine(file)
	if err != nil {
		return nil, c, err
	}
	found := map[string]Record{}
	for e, err := range entries(file, c.places(), c.lost) {
		if err != nil {
			return nil, c, err
		}
		found[e.Key] = e.Record
	}
	return found, c, nil
}

// untrue says what is wrong with what was found in a damaged journal: a record that nobody wrote, a job that looks done and
// was not, or one of which bytes went out and that looks as if none had.
func untrue(found map[string]Record, written map[string][]Record) string {
	for key, r := range found {
		puts := written[key]
		if !slices.ContainsFunc(puts, func(put Record) bool { return standsFor(r, put) }) {
			return fmt.Sprintf("nobody wrote %+v", r)
		}
		last := puts[len(puts)-1]
		if r.State.Done() && !last.State.Done() || r.State == Initiated && last.State != Initiated {
			return fmt.Sprintf("%s is %s, and was %s", key, r.State, last.State)
		}
	}
	return ""
}

// standsFor reports whether a record is what was put, or the milder one in its place.
func standsFor(r, put Record) bool {
	r.Updated = put.Updated
	if r.Problem == lostProblem {
		milder := map[State]State{
			Initiated: Uncertain, Sending: Uncertain, Uncertain: Uncertain, Sent: Uncertain,
			Stored: Stored, Confirmed: Stored,
		}
		put.Problem, put.State = lostProblem, milder[put.State]
	}
	return fmt.Sprint(r) == fmt.Sprint(put)
}

func TestEachOctetFlipped(t *testing.T) {
	text, written := life(t)
	whole, intact, err := readText(text)
	if err != nil || len(whole) != len(written) || untrue(whole, written) != "" || !intact.clean() {
		t.Fatalf("before the damage: %v, error %v", whole, err)
	}
	for i := 0; i < len(text); i += count(3, 1) {
		for bit := i % 8 * count(1, 0); bit < 8; bit += count(8, 1) {
			damaged := bytes.Clone(text)
			damaged[i] ^= 1 << bit
			found, c, err := readText(damaged)
			if err != nil {
				t.Fatalf("octet %d, bit %d: %v", i, bit, err)
			}
			if problem := untrue(found, written); problem != "" {
				t.Fatalf("octet %d, bit %d: %s", i, bit, problem)
			}
			if problem := lostMore(text, i, found, whole, intact); problem != "" {
				t.Fatalf("octet %d, bit %d: %s", i, bit, problem)
			}
			if c.clean() && !sameNumber(text[i], damaged[i]) {
				t.Fatalf("octet %d, bit %d: it is not noticed", i, bit)
			}
		}
	}
}

// sameNumber reports whether the damage is only that a digit of a checksum is in capitals.
func sameNumber(a, b byte) bool { return strings.EqualFold(string(a), string(b)) && a != b }

// lostMore says which record is gone that was not in the damaged line.
func lostMore(text []byte, at int, found, whole map[string]Record, intact contents) string {
	start := int64(bytes.LastIndexByte(text[:at], '\n') + 1)
	for key, want := range whole {
		p := intact.index[digestOf(key)]
		got := found[key]
		if p.line() == start || got.Problem == lostProblem && want.State == Initiated {
			continue
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Sprintf("%s was %+v and is %+v", key, want, got)
		}
	}
	return ""
}

// A job that the service may have a file of is never forgotten for one damaged octet, so that it is not sent twice.
func TestOneDamagedLineForgetsNoJob(t *testing.T) {
	text, written := life(t)
	for i := 0; i < len(text); i += count(5, 1) {
		damaged := bytes.Clone(text)
		damaged[i] ^= 1
		found, _, err := readText(damaged)
		must(t, err)
		for _, key := range []string{"old", "new", "half", "stored"} {
			r, ok := found[key]
			if !ok || r.Reference != written[key][0].Reference {
				t.Fatalf("octet %d: %s is %+v", i, key, r)
			}
		}
	}
}

func TestEachTruncation(t *testing.T) {
	text, written := life(t)
	for i := 0; i < len(text); i += count(5, 1) {
		found, _, err := readText(text[:i])
		if err != nil {
			t.Fatalf("%d octets: %v", i, err)
		}
		upTo := written
		if i > 0 && text[i-1] == '\n' { // as if the rest had never been
			upTo = until(written, found)
		}
		if problem := untrue(found, upTo); problem != "" {
			t.Fatalf("%d octets: %s", i, problem)
		}
	}
}

// until gives what was written up to the records that were found.
func until(written map[string][]Record, found map[string]Record) map[string][]Record {
	part := map[string][]Record{}
	for key, puts := range written {
		n := slices.IndexFunc(puts, func(put Record) bool { return standsFor(found[key], put) })
		part[key] = puts[:n+1]
	}
	return part
}

// What Open makes of a damaged file is the same as what Read sees in it, stays so, and can be added to.
func TestOpenOfADamagedFile(t *testing.T) {
	text, written := life(t)
	path := journalPath(t)
	for i := 0; i < len(text); i += count(149, 11) {
		flipped := bytes.Clone(text)
		flipped[i] ^= byte(1 << (i % 8))
		for kind, damaged := range map[string][]byte{"flip": flipped, "cut": text[:i]} {
			must(t, os.WriteFile(path, damaged, 0o600))
			if problem := openDamaged(t, path, written); problem != "" {
				t.Fatalf("%s at octet %d: %s", kind, i, problem)
			}
		}
	}
}

func openDamaged(t *testing.T, path string, written map[string][]Record) string {
	seen := all(t, Read(path))
	f := open(t, path)
	first := all(t, f.All(t.Context()))
	if fmt.Sprint(first) != fmt.Sprint(seen) {
		return fmt.Sprintf("%v was read, %v is there", seen, first)
	}
	for key := range written {
		if r, ok := get(t, f, key); ok && fmt.Sprint(r) != fmt.Sprint(first[key]) {
			return fmt.Sprintf("%s is %+v", key, r)
		}
	}
	must(t, f.Put(t.Context(), record("added", Planned)))
	first["added"], _ = get(t, f, "added")
	must(t, f.Close())

	f = open(t, path)
	defer f.Close()
	if f.Damage() != 0 {
		return fmt.Sprintf("damage %d when it is opened again", f.Damage())
	}
	if second := all(t, f.All(t.Context())); fmt.Sprint(second) != fmt.Sprint(first) {
		return fmt.Sprintf("%v was there, and then %v", first, second)
	}
	return ""
}

func TestWhatACrashLeavesAtTheEnd(t *testing.T) {
	text, _ := life(t)
	last := appendLine(nil, 99, false, []byte(`[{"key":"last","state":"sent"}]`))
	tests := map[string]struct {
		tail   string
		damage int
	}{
		"half a line":           {string(last[:len(last)/2]), 0},
		"a line without end":    {string(last[:len(last)-1]), 0},
		"zeros":                 {strings.Repeat("\x00", 5000), 0},
		"a line of something":   {"something\n", 1},
		"lines of something":    {"something\nand = more\n", 1},
		"a line with a wrong n": {strings.Replace(string(last), "last", "lost", 1), 1},
		"a hole before a line":  {strings.Repeat("\x00", 4096) + string(appendLine(nil, 12, false, []byte(`[{"key":"x"}]`))), 1},
		"a line from before":    {string(appendLine(nil, 3, false, []byte(`[{"key":"new","state":"planned"}]`))), 1},
		"a line without key":    {string(appendLine(nil, 12, false, []byte(`[{}]`))), 1},
		"a line without JSON":   {string(appendLine(nil, 12, false, []byte(`[{`))), 1},
		"a line of nothing":     {string(appendLine(nil, 12, false, []byte(`[]`))), 1},
	}
	whole, _, err := readText(text)
	must(t, err)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := journalPath(t)
			must(t, os.WriteFile(path, append(bytes.Clone(text), test.tail...), 0o600))
			f := open(t, path)
			if f.Damage() != test.damage {
				t.Errorf("damage %d", f.Damage())
			}
			for key, want := range whole {
				got, _ := get(t, f, key)
				if want.State == Initiated {
					want.State, want.Problem = Uncertain, lostProblem
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s: %+v", key, got)
				}
			}
		})
	}
}

// A name that looks like a line is not taken for one when the line around it is damaged.
func TestNoNamePassesForALine(t *testing.T) {
	fake := string(appendLine(nil, 2, false, []byte(`[{"key":"a","direction":"send","state":"sent"}]`)))
	r := record("b", Planned)
	r.Name, r.Path = fake, "\n"+fake
	path := journalPath(t)
	f := open(t, path)
	must(t, f.Put(t.Context(), r))
	text := content(t, path)
	text[len(headLine())+1] ^= 1
	if found, c, err := readText(text); len(found) > 0 || c.damage != 1 {
		t.Errorf("%v, damage %d, error %v", found, c.damage, err)
	}
}

// A record that is damaged while the journal is open is an error, and not a record.
func TestDamageWhileOpen(t *testing.T) {
	path := journalPath(t)
	f := open(t, path)
	must(t, f.Put(t.Context(), record("a", Sent)))
	must(t, f.Put(t.Context(), record("b", Sent)))
	text := content(t, path)
	text[len(headLine())+40] ^= 1
	must(t, os.WriteFile(path, text, 0o600))
	if r, ok, err := f.Get(t.Context(), "a"); ok || err == nil || !strings.Contains(err.Error(), "can no longer be read") {
		t.Errorf("%+v, error %v", r, err)
	}
	if _, ok := get(t, f, "b"); !ok {
		t.Error("b is gone")
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	text, _ := life(t)
	file := failingAt{bytes.NewReader(text), int64(len(text) / 2)}
	if _, err := examine(file); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
}

// failingAt fails to read what is behind an octet.
type failingAt struct {
	io.ReaderAt
	at int64
}

func (f failingAt) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) <= f.at {
		return f.ReaderAt.ReadAt(p, at)
	}
	return 0, fs.ErrPermission
}

func FuzzReplay(f *testing.F) {
	text, _ := life(f)
	f.Add(text, 40, byte(1))
	f.Add(text[:300], 0, byte(0))
	f.Add(append(headLine(), appendLine(nil, 1, true, []byte(`[{"key":"a"},{"key":"a"}]`))...), 0, byte(0))
	f.Add([]byte(lineStart+"\n"+lineStart), 3, byte(255))
	f.Fuzz(func(t *testing.T, text []byte, at int, change byte) {
		text = bytes.Clone(text)
		if at >= 0 && at < len(text) {
			text[at] ^= change
		}
		found, c, err := readText(text)
		if err != nil {
			return
		}
		if len(found) > len(c.index) || c.end > int64(len(text)) || c.damage < 0 {
			t.Errorf("%d records of %d, end %d, damage %d", len(found), len(c.index), c.end, c.damage)
		}
		for key := range found {
			if _, ok := c.index[digestOf(key)]; !ok {
				t.Errorf("%q is not in the index", key)
			}
		}
	})
}
