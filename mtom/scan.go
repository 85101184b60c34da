package mtom

import "bytes"

// delimiter finds CRLF "--" boundary.
//
// It is Boyer-Moore-Horspool: look at the byte where the delimiter's last would be, and move on by the distance that this byte
// allows, the delimiter's whole length for most. A candidate is compared from its front. The delimiter holds exactly one CR,
// at the front, so wherever the front of one partial match lies, no other can lie within it: partial matches do not overlap,
// all comparisons together read each byte of the input at most once, and the search is linear whatever the input is.
type delimiter struct {
	text []byte
	move [256]uint8 // a delimiter has at most 4 + 70 bytes
}

func newDelimiter(boundary string) *delimiter {
	d := &delimiter{text: []byte("\r\n--" + boundary)}
	last := len(d.text) - 1
	for i := range d.move {
		d.move[i] = uint8(len(d.text))
	}
	for i, c := range d.text[:last] {
		d.move[c] = uint8(last - i)
	}
	return d
}

// index is where the first delimiter begins in data, -1 when none is whole.
func (d *delimiter) index(data []byte) int {
	last := len(d.text) - 1
	final := d.text[last]
	for i := last; i < len(data); {
		c := data[i]
		if c == final && d.at(data[i-last:]) {
			return i - last
		}
		i += int(d.move[c])
	}
	return -1
}

func (d *delimiter) at(data []byte) bool {
	for i, c := range d.text {
		if data[i] != c {
			return false
		}
	}
	return true
}

// clear is how many bytes of data can be no part of a delimiter, given that none is whole in it.
func (d *delimiter) clear(data []byte) int {
	tail := max(0, len(data)-len(d.text)+1)
	if i := bytes.LastIndexByte(data[tail:], '\r'); i >= 0 && bytes.HasPrefix(d.text, data[tail+i:]) {
		return tail + i
	}
	return len(data)
}
