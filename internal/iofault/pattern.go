package iofault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
)

// Kind is what a [Pattern] looks like.
type Kind uint8

const (
	Random Kind = iota // bytes that do not compress
	Text               // lines of 0 to 99 printable bytes, ended by CRLF; one in eight starts with "--"
	Zeros
)

func (k Kind) String() string {
	switch k {
	case Random:
		return "random"
	case Text:
		return "text"
	case Zeros:
		return "zeros"
	default:
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
}

// Pattern is a stream of any length made of nothing: kind, size and seed say every byte of it. It takes no memory that
// follows the size. ReadAt may be called from several goroutines at once.
type Pattern struct {
	fill func(p []byte, off int64)
	size int64
	off  int64
}

// NewPattern is size bytes of that kind; another seed gives other bytes, except for zeros.
func NewPattern(kind Kind, size int64, seed uint64) *Pattern {
	p := &Pattern{size: size}
	switch kind {
	case Random:
		p.fill = func(b []byte, off int64) { fillRandom(b, off, seed) }
	case Text:
		page := textPage(seed)
		p.fill = func(b []byte, off int64) { fillPage(b, off, page) }
	case Zeros:
		p.fill = func(b []byte, _ int64) { clear(b) }
	default:
		panic("iofault: no pattern of " + kind.String())
	}
	return p
}

// Size is the number of bytes in all.
func (p *Pattern) Size() int64 { return p.size }

// Read reads on from where the last Read ended.
func (p *Pattern) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, err := p.ReadAt(b, p.off)
	p.off += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// ReadAt reads from off.
func (p *Pattern) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("iofault: negative offset")
	}
	if off >= p.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), p.size-off))
	p.fill(b[:n], off)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// fillRandom computes each word from its place alone, so that any part can be had without those before it.
func fillRandom(b []byte, off int64, seed uint64) {
	word := uint64(off) / 8
	if skip := int(off % 8); skip > 0 {
		var first [8]byte
		binary.LittleEndian.PutUint64(first[:], mix(seed, word))
		b = b[copy(b, first[skip:]):]
		word++
	}
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, mix(seed, word))
		word++
	}
	var last [8]byte
	binary.LittleEndian.PutUint64(last[:], mix(seed, word))
	copy(b, last[:])
}

// mix is the output function of SplitMix64 (Steele, Lea, Flood 2014) for the given step.
func mix(seed, step uint64) uint64 {
	z := seed + (step+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// pageSize is no power of two, so that the page begins at every offset of every buffer sooner or later.
const pageSize = 64<<10 + 13

func textPage(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 0))
	page := make([]byte, 0, pageSize+128)
	for len(page) < pageSize {
		if random.IntN(8) == 0 {
			page = append(page, "--"...)
		}
		for range random.IntN(98) {
			page = append(page, byte(' '+random.IntN('~'-' '+1)))
		}
		page = append(page, "\r\n"...)
	}
	page = page[:pageSize]
	copy(page[pageSize-2:], "\r\n")
	return page
}

func fillPage(b []byte, off int64, page []byte) {
	at := int(off % int64(len(page)))
	for len(b) > 0 {
		b = b[copy(b, page[at:]):]
		at = 0
	}
}
