package iofault

import "io"

// FullAt takes n bytes for w, then fails with err, as a disk does that fills up (syscall.ENOSPC). The write that goes beyond
// is taken in part.
func FullAt(w io.Writer, n int64, err error) io.Writer { return &filling{w, n, err} }

type filling struct {
	w    io.Writer
	left int64
	full error
}

func (f *filling) Write(p []byte) (int, error) {
	n, err := f.w.Write(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	if err == nil && n < len(p) {
		err = f.full
	}
	return n, err
}
