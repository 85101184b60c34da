package stream

import (
	"io"
	"io/fs"
	"syscall"
)

// InSteps has to take r to its end, step bytes at a time at most, and tells took of each step. So a count moves and a watch is
// kicked while the writer's own ReadFrom is at work, and with it sendfile(2) where r is a file and to a TCP connection.
func InSteps(to io.ReaderFrom, r io.Reader, step int64, took func(n int64)) (int64, error) {
	var total int64
	for {
		n, err := pass(to, r, step)
		took(n)
		total += n
		if n < step || err != nil {
			return total, err
		}
	}
}

// pass has to take at most n bytes of r. The kernel copies from a file within one [io.LimitedReader], not within two, so one
// that is there already is narrowed instead of being wrapped.
func pass(to io.ReaderFrom, r io.Reader, n int64) (int64, error) {
	outer, ok := r.(*io.LimitedReader)
	if !ok {
		return to.ReadFrom(&io.LimitedReader{R: r, N: n})
	}
	n = min(n, outer.N)
	if n <= 0 {
		return 0, nil
	}
	inner := &io.LimitedReader{R: outer.R, N: n}
	written, err := to.ReadFrom(inner)
	outer.N -= n - inner.N
	return written, err
}

// IsFile reports whether r is an open file, alone or within a limit, so that the kernel can copy from it. An [os.File] may come
// in the guise that [io.Copy] gives it.
func IsFile(r io.Reader) bool {
	if limited, ok := r.(*io.LimitedReader); ok {
		r = limited.R
	}
	_, ok := r.(interface {
		syscall.Conn
		fs.File
	})
	return ok
}

// writerOnly hides every other method of a writer.
type writerOnly struct{ io.Writer }
