package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// payload is a file that is carried over. It begins as a ZIP does, and does not compress.
type payload struct {
	path string
	size int64
	sum  string // SHA-256, hex
}

// zipBegin is all that a service looks at.
const zipBegin = "PK\x03\x04"

// content is a pseudo-random stream that another seed gives other bytes.
func content(size int64, seed uint64) io.Reader {
	random := iofault.NewPattern(iofault.Random, size, seed)
	io.CopyN(io.Discard, random, int64(len(zipBegin)))
	return io.MultiReader(strings.NewReader(zipBegin), random)
}

// payload writes one, and reads it once by that, so that it is in the page cache for every row.
func (b *bench) payload(name string, size int64) (payload, error) {
	path := filepath.Join(b.dir, name)
	sum, err := writeFile(path, content(size, uint64(size)))
	return payload{path: path, size: size, sum: sum}, err
}

func writeFile(path string, content io.Reader) (sum string, err error) {
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	digest := sha256.New()
	if _, err := io.Copy(io.MultiWriter(file, digest), content); err != nil {
		return "", err
	}
	err = file.Sync() // or the disk would be busy with it in the first rounds
	return hex.EncodeToString(digest.Sum(nil)), err
}
