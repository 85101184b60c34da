package mtom

import "bytes"

// delimiter finds CRLF "--" boundary.
//
// It is Boyer-Moore-Horspool: look at the byte where the delimiter's last would be, and move on by the distance that this byte
// allows, the delimiter's whole length for most. A candidate is compared from its front. The delimiter holds exactly one CR,
// at the front, so wherever the front of one partial match lies, no other can lie within it: partial matches do not overlap,
// all comparisons together read each byte of the input at most once, and the search is linear whatever the input is.
type delimiter struct {
	text  []byte
	move  [256]uint8 // by the byte looked at; 0: the delimiter may end here. A delimiter has at most 4 + 70 bytes
	again int        // how far to move on when it does not
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
	d.again = int(d.move[d.text[last]])
	d.move[d.text[last]] = 0
	return d
}

// index is where the first delimiter begins in data, -1 when none is whole.
func (d *delimiter) index(data []byte) int {
	last := len(d.text) - 1
	for i := last; i < len(data); {
		i = d.leap(data, i)
		switch move := int(d.move[data[i]]); {
		case move > 0:
			i += move
		case d.at(data[i-last:]):
			return i - last
		default:
			i += d.again
		}
	}
	return -1
}

// leap moves on from i while four bytes in a row each allow the whole length, as most do: looks that do not wait for one
// another are faster than looks that do.
func (d *delimiter) leap(data []byte, i int) int {
	n := len(d.text)
	for ; i+4*n < len(data); i += 4 * n {
		if int(d.move[data[i]])+int(d.move[data[i+n]])+int(d.move[data[i+2*n]])+int(d.move[data[i+3*n]]) < 4*n {
			break
		}
	}
	return i
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
