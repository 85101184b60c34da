package transfer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// claimName finds a name that is free: not on disk, and not another job's. What takes it meanwhile from outside is noticed at
// the end, and not overwritten either.
func (r *receiving) claimName() error {
	if r.name != "" {
		return nil
	}
	for _, name := range []string{r.file.Name, withReference(r.file.Name, r.file.Reference)} {
		path := filepath.Join(r.dir, name)
		if !r.manager.targets.claim(path) {
			continue
		}
		_, err := r.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			r.name = name
			return nil
		}
		r.manager.targets.release(path)
		if err != nil {
			return r.diskFailure("store "+r.file.Name, err)
		}
	}
	return r.diskFailure("store "+r.file.Name,
		fmt.Errorf("%w, and so does the same with its reference; move one of them away", fs.ErrExist))
}

func (r *receiving) releaseName() {
	if r.name != "" {
		r.manager.targets.release(filepath.Join(r.dir, r.name))
		r.name = ""
	}
}

// partName is where the job's bytes come in. Without a journal nobody looks for it later, and it is one that nobody can foresee.
func (r *receiving) partName() string {
	if r.manager.options.Journal == nil {
		return randomPart(r.file.Name)
	}
	return atomicfile.PartName(r.file.Name, r.record.Key)
}

func randomPart(name string) string { return atomicfile.PartName(name, rand.Text()) }

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
