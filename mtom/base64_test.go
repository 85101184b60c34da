package mtom

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

// Whatever the text is, wherever pieces and blanks part it, it is decoded or refused as the standard library does with it in
// one piece and without blanks.
func TestBase64InPiecesIsThatOfOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	octets := make([]byte, 200)
	for range 50_000 {
		for i := range octets {
			octets[i] = byte(random.Uint32())
		}
		text := []byte(base64.StdEncoding.EncodeToString(octets[:random.IntN(len(octets))]))
		for range random.IntN(3) {
			text = spoiled(random, text)
		}
		dense := strings.Map(func(r rune) rune {
			if strings.ContainsRune(blanksXML, r) {
				return -1
			}
			return r
		}, string(text))
		want, wantErr := base64.StdEncoding.DecodeString(dense)
		got, err := decodePieces(random, text)
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%q is %x, %v; it should be %x, %v", text, got, err, want, wantErr)
		}
	}
}

// spoiled has lines, one blank, or one character that is another.
func spoiled(random *rand.Rand, text []byte) []byte {
	const among = "= \t\r\n-_.&\x00\xffAz9+/"
	at := random.IntN(len(text) + 1)
	c := among[random.IntN(len(among))]
	switch kind := random.IntN(4); {
	case kind == 0 && at < len(text):
		text[at] = c
		return text
	case kind == 1:
		return append(append(bytes.Clone(text[:at]), c), text[at:]...)
	}
	var lines []byte
	for length := at + 1; len(text) > 0; text = text[min(length, len(text)):] {
		lines = append(append(lines, text[:min(length, len(text))]...), "\r\n"...)
	}
	return lines
}

func decodePieces(random *rand.Rand, text []byte) ([]byte, error) {
	var d base64Text
	var all []byte
	for most := 1 + random.IntN(200); len(text) > 0; {
		piece := text[:min(1+random.IntN(most), len(text))]
		octets, err := d.decode(piece)
		if err != nil {
			return nil, err
		}
		all = append(all, octets...)
		text = text[len(piece):]
	}
	return all, d.end()
}
