package transfer_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// fetching is a journal and a directory as a process leaves them that ended while it received a.zip.
func fetching(t *testing.T, backend *fake) (dir string, journal *resume.Memory, record resume.Record) {
	t.Helper()
	dir, journal = t.TempDir(), new(resume.Memory)
	options := journalled(&frozen{Memory: journal})
	options.NoConfirm = true
	if result := transfer.New(backend, options).Receive(t.Context(), backend.list[0], me, dir); result.Err == nil {
		t.Fatal("the journal was not asked")
	}
	record = only(t, journal)
	if err := os.Remove(filepath.Join(dir, "a.zip")); err != nil {
		t.Fatal(err)
	}
	backend.calls = nil
	return dir, journal, record
}

// frozen is a journal that takes the first record only.
type frozen struct{ *resume.Memory }

func (f *frozen) Put(ctx context.Context, records ...resume.Record) error {
	if records[0].State != resume.Fetching || records[0].Problem != "" {
		return errBoom
	}
	return f.Memory.Put(ctx, records...)
}

func TestARunAfterACrash(t *testing.T) {
	const whole, reference = "PK content", "a-0e1dc0de.zip"
	write := func(t *testing.T, dir, name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		prepare   func(t *testing.T, dir, part string)
		want      map[string]string
		downloads int
	}{
		"before the part was made": {func(*testing.T, string, string) {}, map[string]string{"a.zip": whole}, 1},
		"a part with nothing":      {func(t *testing.T, dir, part string) { write(t, dir, part, "") }, map[string]string{"a.zip": whole}, 1},
		"a part with a beginning":  {func(t *testing.T, dir, part string) { write(t, dir, part, "PK c") }, map[string]string{"a.zip": whole}, 1},
		"a part that is whole":     {func(t *testing.T, dir, part string) { write(t, dir, part, whole) }, map[string]string{"a.zip": whole}, 1},
		"a part of something else": {func(t *testing.T, dir, part string) { write(t, dir, part, "PK cxxx") }, map[string]string{"a.zip": whole}, 1},
		"a part with a longer end": {func(t *testing.T, dir, part string) { write(t, dir, part, whole+"and more") }, map[string]string{"a.zip": whole}, 1},
		"between link and removal": {func(t *testing.T, dir, part string) {
			write(t, dir, part, whole)
			if err := os.Link(filepath.Join(dir, part), filepath.Join(dir, "a.zip")); err != nil {
				t.Skip(err)
			}
		}, map[string]string{"a.zip": whole}, 1},
		"between rename and record":            {func(t *testing.T, dir, _ string) { write(t, dir, "a.zip", whole) }, map[string]string{"a.zip": whole}, 1},
		"another's file of that name":          {func(t *testing.T, dir, _ string) { write(t, dir, "a.zip", "theirs") }, map[string]string{"a.zip": "theirs", reference: whole}, 2},
		"another's file that begins alike":     {func(t *testing.T, dir, _ string) { write(t, dir, "a.zip", "PK con") }, map[string]string{"a.zip": "PK con", reference: whole}, 2},
		"another's file that ends differently": {func(t *testing.T, dir, _ string) { write(t, dir, "a.zip", whole+"x") }, map[string]string{"a.zip": whole + "x", reference: whole}, 2},
		"a part, and another's file": {func(t *testing.T, dir, part string) {
			write(t, dir, part, "PK c")
			write(t, dir, "a.zip", whole)
		}, map[string]string{"a.zip": whole, reference: whole}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			backend := waiting(whole, available("a.zip", 0)) // a service that does not tell the size
			dir, journal, record := fetching(t, backend)
			test.prepare(t, dir, record.Part)
			result := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir)
			if result.Err != nil || !result.Confirmed || content(t, result.Path) != whole {
				t.Fatalf("result %+v", result)
			}
			if got := entries(t, dir); len(got) != len(test.want) {
				t.Errorf("the directory holds %v", got)
			}
			for file, want := range test.want {
				if got := content(t, filepath.Join(dir, file)); got != want {
					t.Errorf("%s holds %q", file, got)
				}
			}
			want := append(slices.Repeat([]string{"download"}, test.downloads), "confirm")
			if got := backend.steps(); !slices.Equal(got, want) {
				t.Errorf("steps %v", got)
			}
			if record := only(t, journal); record.State != resume.Confirmed || record.Path != result.Path {
				t.Errorf("record %+v", record)
			}
		})
	}
}

func TestNamesThatExistAreIgnoredWhereAskedFor(t *testing.T) {
	for _, journal := range []resume.Journal{nil, new(resume.Memory)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.zip"), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		backend := waiting("PK content", available("a.zip", 10), broker.AvailableFile{Reference: "r2", Name: "b.zip", Size: 10})
		options := journalled(journal)
		options.IgnoreExisting = true
		manager := transfer.New(backend, options)
		left := manager.Receive(t.Context(), backend.list[0], me, dir)
		if left.Err != nil || !left.Skipped || left.Confirmed || left.Path != "" || left.Note == "" || left.Attempts != 0 {
			t.Errorf("a.zip: %+v", left)
		}
		if other := manager.Receive(t.Context(), backend.list[1], me, dir); other.Err != nil || !other.Confirmed {
			t.Errorf("b.zip: %+v", other)
		}
		if content(t, filepath.Join(dir, "a.zip")) != "mine" || len(entries(t, dir)) != 2 {
			t.Errorf("the directory holds %v", entries(t, dir))
		}
		if got := backend.steps(); !slices.Equal(got, []string{"download", "confirm"}) {
			t.Errorf("steps %v", got)
		}
	}
}
