package mtom

import "bytes"

// delimiter finds CRLF "--" boundary.
//
// It is Boyer-Moore-Horspool with pairs of bytes: look at the pair where the delimiter's last would be, and where that pair is
// not in the delimiter, move on by its whole length but a byte. So it goes for most, and no look waits for the one before: the
// processor makes several at a time.
//
// A pair that is in the delimiter moves it on to where the two fit. It can begin only at a CR; when none is at its front then,
// the next one is searched for. So each look is followed by a move, each byte is searched for a CR once, and the delimiter is
// compared as a whole once at a CR and nowhere else: the search is linear whatever input and boundary are. Where moves are short
// all the same, bytes.Index takes over.
type delimiter struct {
	text  []byte
	place [pairs]uint8 // by the pair's hash: where in text it ends, at last; 0: nowhere. A delimiter has at most 4 + 70 bytes
	again int          // how far to move on when the last pair is there and the delimiter is not
}

// pairs is how many hashes there are: few enough to stay in a first-level cache, and so many that random bytes seldom have
// the hash of a pair of the delimiter.
const pairs = 4 << 10

// shortDelimiter is how many bytes a delimiter has at most that is left to bytes.Index, since leaps over so few gain nothing.
const shortDelimiter = 8

// patience is how many bytes a move must make on the average. Where pairs of the delimiter stand all over and CRs between
// them, bytes.Index has the rest.
const patience = 8

func newDelimiter(boundary string) *delimiter {
	d := &delimiter{text: []byte("\r\n--" + boundary)}
	for i := 1; i < len(d.text); i++ {
		d.place[hash(d.text[i-1], d.text[i])] = uint8(i)
	}
	last := len(d.text) - 1
	d.again = len(d.text)
	if before := bytes.LastIndex(d.text[:last], d.text[last-1:]); before >= 0 {
		d.again = last - 1 - before
	}
	return d
}

func hash(a, b byte) uint16 { return (uint16(a) | uint16(b)<<8) % pairs }

// index is where the first delimiter begins in data, -1 when none is whole.
func (d *delimiter) index(data []byte) int {
	if len(d.text) <= shortDelimiter {
		return bytes.Index(data, d.text)
	}
	last := len(d.text) - 1
	for i, hits := last, 1; ; hits++ {
		// Always i > 0; that it is said here spares the bounds checks, and with them a third of the time.
		for i > 0 && i < len(data) && d.place[hash(data[i-1], data[i])] == 0 {
			i += last
		}
		if i >= len(data) {
			return -1
		}
		if hits > patience+i/patience {
			return plainIndex(data, d.text, i-last)
		}
		looked := i
		i = i + last - int(d.place[hash(data[i-1], data[i])])
		front := i - last
		if data[front] == '\r' {
			if i > looked {
				continue // look there first
			}
			if data[i] == d.text[last] {
				if bytes.HasPrefix(data[front:], d.text) {
					return front
				}
				i += d.again
				continue
			}
		}
		cr := bytes.IndexByte(data[front+1:], '\r')
		if cr < 0 {
			return -1
		}
		i += 1 + cr
	}
}

func plainIndex(data, text []byte, from int) int {
	if i := bytes.Index(data[from:], text); i >= 0 {
		return from + i
	}
	return -1
}

// clear is how many bytes of data can be no part of a delimiter, given that none is whole in it.
func (d *delimiter) clear(data []byte) int {
	tail := max(0, len(data)-len(d.text)+1)
	if i := bytes.LastIndexByte(data[tail:], '\r'); i >= 0 && bytes.HasPrefix(d.text, data[tail+i:]) {
		return tail + i
	}
	return len(data)
}
