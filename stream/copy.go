package stream

import (
	"io"
	"sync"
)

// copyBuffer is the size of a buffer for plain copies: from about here on, a system call or a block of SHA-256 costs nothing
// beside the bytes it moves, and a dozen transfers at once still stay within a few MiB.
const copyBuffer = 256 << 10

// buffers is the one piece of state of the package. It holds no meaning, only memory, which would otherwise be allocated
// and cleared for every file of a batch of thousands.
var buffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// Copy copies src to dst until src ends. It is [io.Copy] with a larger buffer that is used again: where src is an
// [io.WriterTo] or dst an [io.ReaderFrom], they do the work.
func Copy(dst io.Writer, src io.Reader) (int64, error) {
	if from, ok := src.(io.WriterTo); ok {
		return from.WriteTo(dst)
	}
	if to, ok := dst.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	buffer := buffers.Get().(*[copyBuffer]byte)
	defer buffers.Put(buffer)
	return io.CopyBuffer(dst, src, buffer[:])
}
