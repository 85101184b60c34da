package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/internal/diskspace"
)

const (
	littleSpace = 1 << 30         // bytes; less is warned of, because one file may have as many
	slowSync    = 1 * time.Second // every file waits for it several times
	triedBytes  = 1 << 20
)

// checkJournal tries the directory of the journal. One that is missing is made when it is needed, so the one above counts.
func (d *doctorCommand) checkJournal(context.Context) []diagnosis {
	dir := filepath.Dir(d.journal)
	if d.journal == "" {
		var err error
		if dir, err = stateDir(d.app.env); err != nil {
			return []diagnosis{bad(exitUsage, "use --journal FILE", "no place for the journal: %v", err)}
		}
	}
	tried := dir
	for !isThere(tried) && filepath.Dir(tried) != tried {
		tried = filepath.Dir(tried)
	}
	return checkDirectory(tried, dir)
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// checkOut tries the directory that files would be received into.
func (d *doctorCommand) checkOut(context.Context) []diagnosis {
	if d.out == "" {
		return []diagnosis{skipped("no --out is given")}
	}
	if err := checkDir(d.out); err != nil {
		return []diagnosis{because(err)}
	}
	return checkDirectory(d.out, d.out)
}

// checkDirectory does there what a transfer does with a file: create, write, sync, rename, sync the directory. What it made is
// gone afterwards. meant is the directory that this is tried for.
func checkDirectory(dir, meant string) []diagnosis {
	const advice = "make space, or see that this user can write there"
	took, err := tryDirectory(dir)
	if err != nil {
		return []diagnosis{bad(exitDisk, advice, "%s: %v", meant, err)}
	}
	if dir != meant {
		meant += ", made at first use"
	}
	free := diskspace.Free(dir)
	diagnoses := []diagnosis{fine("%s: %s free, a file of %s written and synced in %s", meant, freeText(free), formatSize(triedBytes), milliseconds(took))}
	if free >= 0 && free < littleSpace {
		diagnoses = append(diagnoses, warned("make space", "little is free"))
	}
	if took > slowSync {
		diagnoses = append(diagnoses, warned("take a local disk; every file waits for this several times", "it is slow"))
	}
	return diagnoses
}

func freeText(free int64) string {
	if free < 0 {
		return "an unknown amount"
	}
	return formatSize(free)
}

// tryDirectory gives how long it took.
func tryDirectory(path string) (time.Duration, error) {
	dir, err := os.OpenRoot(path)
	if err != nil {
		return 0, err
	}
	defer dir.Close()
	start := time.Now()
	name := ".altinn-transfer-doctor-" + rand.Text()
	if err := tryFile(dir, name); err != nil {
		return 0, err
	}
	took := time.Since(start)
	return took, cmp.Or(dir.Remove(name), atomicfile.SyncDir(dir))
}

func tryFile(dir *os.Root, name string) error {
	file, err := atomicfile.Create(dir, name)
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := file.Write(make([]byte, triedBytes)); err != nil {
		return err
	}
	return file.Commit()
}
