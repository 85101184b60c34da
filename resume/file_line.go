package resume

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

// A journal is a head line and then a line for each Put:
//
//	altinn-transfer journal 1 0a1b2c3d
//	=0a1b2c3d 0001f4 00000007 [{"key":…},{"key":…}]
//	 CRC-32C  octets number   records
//
// All numbers are in hexadecimal. The checksum is over what follows it, without the end of the line; the number goes up by
// one from line to line, so that one that is missing is noticed. A spare line has "-" before its records. "[{" with a bare
// quotation mark behind it cannot occur within JSON text, so no name in a record can pass for a line.
const (
	headStart  = "altinn-transfer journal "
	version    = 1
	lineStart  = "=00000000 000000 00000000 "
	afterSum   = len("=00000000")
	afterSize  = len("=00000000 000000")
	beforeKind = len("=00000000 000000 00000000")
	maxJSON    = 1<<24 - 1 // octets
)

type line struct {
	at      int64 // in the file
	size    int64 // with its end
	number  uint32
	spare   bool
	records []byte // JSON, valid until the next line is read
}

func checksum(text []byte) uint32 { return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)) }

func headLine() []byte {
	text := fmt.Appendf(nil, "%s%d ", headStart, version)
	return fmt.Appendf(text, "%08x\n", checksum(text))
}

// checkHead gives the length of an intact head line, and 0 for anything else. A format that is not ours is an error.
func checkHead(text []byte) (int, error) {
	end := bytes.IndexByte(text, '\n')
	if end < len(headStart) || !bytes.HasPrefix(text, []byte(headStart)) {
		return 0, nil
	}
	format, sum, _ := bytes.Cut(text[len(headStart):end], []byte(" "))
	if n, ok := number(sum); !ok || n != uint64(checksum(text[:end-len(sum)])) {
		return 0, nil
	}
	if string(format) != strconv.Itoa(version) {
		return 0, fmt.Errorf("it has format %s, and this program knows %d: use the newer program", format, version)
	}
	return end + 1, nil
}

// appendLine appends a line of one or more records.
func appendLine(to []byte, n uint32, spare bool, records []byte) []byte {
	kind := ' '
	if spare {
		kind = '-'
	}
	start := len(to)
	to = fmt.Appendf(to, "=00000000 %06x %08x%c", len(records), n, kind)
	to = append(to, records...)
	sum := checksum(to[start+afterSum:])
	for i := range 8 {
		to[start+1+i] = "0123456789abcdef"[sum>>(28-4*i)&15]
	}
	return append(to, '\n')
}

// lineSize is what the line at the beginning of text says of its size; 0: there is no line.
func lineSize(text []byte) int {
	if len(text) < len(lineStart) || text[0] != '=' {
		return 0
	}
	n, ok := number(text[afterSum+1 : afterSize])
	if !ok {
		return 0
	}
	return len(lineStart) + int(n) + 1
}

// parseLine reads the line that text is the whole of.
func parseLine(text []byte) (line, bool) {
	end := len(text) - 1
	sum, ok := number(text[1:afterSum])
	if !ok || text[end] != '\n' || sum != uint64(checksum(text[afterSum:end])) {
		return line{}, false
	}
	n, ok := number(text[afterSize+1 : beforeKind])
	return line{
		size: int64(len(text)), number: uint32(n), spare: text[beforeKind] == '-', records: text[len(lineStart):end],
	}, ok
}

func number(text []byte) (uint64, bool) {
	n, err := strconv.ParseUint(string(text), 16, 64)
	return n, err == nil
}

// How much a [lineReader] reads at once.
const (
	manyLines = 64 << 10
	oneLine   = 1 << 10
)

// lineReader goes through the lines of a file. Where there is none it goes on, octet for octet, to the next.
type lineReader struct {
	file    io.ReaderAt
	chunk   int    // octets to read at once
	text    []byte // of the file, from at on
	memory  []byte // text is a part of it
	at      int64
	eof     bool
	skipped int64 // octets before the line that was read last that belong to no line
	ended   bool  // one of them is the end of a line
}

// next gives the next intact line, and [io.EOF] behind the last.
func (r *lineReader) next() (line, error) {
	r.skipped, r.ended = 0, false
	for {
		if err := r.fill(len(lineStart)); err != nil {
			return line{}, err
		}
		if len(r.text) == 0 {
			return line{}, io.EOF
		}
		size := lineSize(r.text)
		if err := r.fill(size); err != nil {
			return line{}, err
		}
		if size > 0 && size <= len(r.text) {
			if l, ok := parseLine(r.text[:size]); ok {
				l.at = r.at
				r.advance(size)
				return l, nil
			}
		}
		r.skip()
	}
}

// skip goes to the next octet at which a line could begin.
func (r *lineReader) skip() {
	n := 1 + bytes.IndexByte(r.text[1:], '=')
	if n == 0 {
		n = len(r.text)
	}
	r.skipped += int64(n)
	r.ended = r.ended || bytes.IndexByte(r.text[:n], '\n') >= 0
	r.advance(n)
}

func (r *lineReader) advance(n int) {
	r.text = r.text[n:]
	r.at += int64(n)
}

// fill makes text n octets long, unless the file ends before that.
func (r *lineReader) fill(n int) error {
	if n <= len(r.text) || r.eof {
		return nil
	}
	if want := max(n, r.chunk); want > len(r.memory) {
		memory := make([]byte, want)
		r.text = memory[:copy(memory, r.text)]
		r.memory = memory
	} else {
		r.text = r.memory[:copy(r.memory, r.text)]
	}
	for len(r.text) < n {
		got, err := r.file.ReadAt(r.memory[len(r.text):], r.at+int64(len(r.text)))
		r.text = r.memory[:len(r.text)+got]
		if errors.Is(err, io.EOF) {
			r.eof = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
