package zipstream

import (
	"io"

	"github.com/klauspost/compress"
	"github.com/klauspost/compress/flate"
)

const (
	// level is the usual one of this compressor: beyond it, time grows faster than bytes shrink.
	level = 5
	// worthwhile is the estimate from which on bytes are compressed; what is compressed already stays near 0.
	worthwhile = 0.05
)

// deflater compresses one entry after another, each at its own level.
//
// What would not shrink is still deflated, in blocks that are stored as they are, and not an entry of method "stored": the
// length of a stored entry must be in front of it, which a stream does not know. Java's ZipInputStream refuses such an entry
// when it is behind, and it reads every deflated one.
type deflater struct {
	store            bool
	packing, storing *flate.Writer
}

// choose decides how the entry that begins with sample is packed.
func (d *deflater) choose(sample []byte) {
	d.store = compress.Estimate(sample) < worthwhile
}

// open is a zip.Compressor.
func (d *deflater) open(w io.Writer) (io.WriteCloser, error) {
	if d.store {
		return reset(&d.storing, w, flate.NoCompression)
	}
	return reset(&d.packing, w, level)
}

func reset(f **flate.Writer, w io.Writer, level int) (_ io.WriteCloser, err error) {
	if *f == nil {
		*f, err = flate.NewWriter(w, level)
		return *f, err
	}
	(*f).Reset(w)
	return *f, nil
}
