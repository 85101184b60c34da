package mtom_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// What foreign stacks send stands in testdata: NAME.mime is a body as it goes over the wire, NAME.type its Content-Type, both
// written by hand after what was seen of each. Every one holds the same value.
const golden = "PK\x03\x04\r\n--\x00\xff\r\n\r\n"

// message is a body with its type.
type message struct{ contentType, body string }

func goldens(t testing.TB) map[string]message {
	t.Helper()
	files, err := filepath.Glob("testdata/*.mime")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	messages := map[string]message{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		contentType, err := os.ReadFile(strings.TrimSuffix(file, ".mime") + ".type")
		if err != nil {
			t.Fatal(err)
		}
		messages[strings.TrimSuffix(filepath.Base(file), ".mime")] = message{strings.TrimSpace(string(contentType)), string(body)}
	}
	return messages
}

func inline(name xml.Name) bool { return name.Local == "Data" }

// decoded is all that a message holds.
type decoded struct {
	root   string
	values map[int]string
	vias   map[int]mtom.Via
}

func decode(r io.Reader, contentType string) (*decoded, error) {
	decoder, err := mtom.NewDecoder(r, contentType, &mtom.Options{Inline: inline})
	if err != nil {
		return nil, err
	}
	got := &decoded{values: map[int]string{}, vias: map[int]mtom.Via{}}
	for {
		payload, err := decoder.Next()
		if errors.Is(err, io.EOF) && !errors.Is(err, mtom.ErrCut) {
			root, err := decoder.Root()
			got.root = string(root)
			return got, err
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(payload)
		if err != nil {
			return nil, err
		}
		got.values[payload.Index], got.vias[payload.Index] = string(value), payload.Via
	}
}

func TestEveryPeersFormIsRead(t *testing.T) {
	for name, m := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			got, err := decode(strings.NewReader(m.body), m.contentType)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "fault") {
				if len(got.values) != 0 || !strings.Contains(got.root, "40206") {
					t.Errorf("values %v in %s", got.values, got.root)
				}
				return
			}
			if len(got.values) != 1 || got.values[0] != golden {
				t.Errorf("values %v", got.values)
			}
			if !strings.Contains(got.root, "Envelope") {
				t.Errorf("root %s", got.root)
			}
		})
	}
}

func TestAnyDeliveryGivesTheSame(t *testing.T) {
	for name, m := range goldens(t) {
		want, err := decode(strings.NewReader(m.body), m.contentType)
		if err != nil {
			t.Fatal(name, err)
		}
		for mode, wrap := range deliveries {
			got, err := decode(wrap(strings.NewReader(m.body)), m.contentType)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, %s: %v, %v", name, mode, got, err)
			}
		}
	}
}

var deliveries = map[string]func(io.Reader) io.Reader{
	"byte by byte":          iotest.OneByteReader,
	"half of what fits":     iotest.HalfReader,
	"end with the data":     iotest.DataErrReader,
	"bytewise, end with":    func(r io.Reader) io.Reader { return iotest.DataErrReader(iotest.OneByteReader(r)) },
	"empty reads between":   func(r io.Reader) io.Reader { return &stuttering{r: r} },
	"seven bytes at a time": func(r io.Reader) io.Reader { return iofault.Steps(r, 7) },
}

type stuttering struct {
	r    io.Reader
	last bool
}

func (s *stuttering) Read(p []byte) (int, error) {
	if s.last = !s.last; s.last {
		return 0, nil
	}
	return s.r.Read(p)
}

func TestACutAnywhereIsAnError(t *testing.T) {
	for name, m := range goldens(t) {
		end := strings.LastIndexByte(m.body, '>') + 1
		if strings.HasPrefix(strings.ToLower(m.contentType), "multipart/") {
			end = strings.LastIndex(m.body, "--") + len("--")
		}
		for cut := range end {
			for _, wrap := range []func(io.Reader) io.Reader{
				func(r io.Reader) io.Reader { return r }, iotest.DataErrReader,
				func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(io.ErrUnexpectedEOF)) },
			} {
				if got, err := decode(wrap(strings.NewReader(m.body[:cut])), m.contentType); err == nil {
					t.Fatalf("%s cut at %d of %d was read as %v", name, cut, end, got)
				}
			}
		}
		if _, err := decode(strings.NewReader(m.body[:end]), m.contentType); err != nil {
			t.Errorf("%s without what follows its last delimiter: %v", name, err)
		}
	}
}

func TestACutIsSeenByWhoOnlyCopiesTheValue(t *testing.T) {
	for name, m := range goldens(t) {
		if strings.HasPrefix(name, "fault") {
			continue
		}
		for cut := len(m.body) - 1; cut > len(m.body)-60; cut-- {
			decoder, err := mtom.NewDecoder(strings.NewReader(m.body[:cut]), m.contentType, &mtom.Options{Inline: inline})
			if err != nil {
				t.Fatal(err)
			}
			payload, err := decoder.Next()
			if err != nil {
				continue
			}
			n, err := io.Copy(io.Discard, payload)
			whole := strings.TrimRight(m.body, "\r\n")
			if (err == nil) != (cut >= len(whole)) {
				t.Errorf("%s cut at %d of %d: copied %d bytes, %v", name, cut, len(whole), n, err)
			}
			if _, again := payload.Read(make([]byte, 1)); err != nil && again.Error() != err.Error() {
				t.Errorf("%s: the error did not stick: %v, then %v", name, err, again)
			}
		}
	}
}

func TestTheBodysOwnErrorIsKept(t *testing.T) {
	broken := errors.New("connection reset")
	for name, m := range goldens(t) {
		for _, at := range []int{0, 10, len(m.body) / 2, len(m.body) - 5, len(m.body)} {
			_, err := decode(io.MultiReader(strings.NewReader(m.body[:at]), iotest.ErrReader(broken)), m.contentType)
			if !errors.Is(err, broken) {
				t.Errorf("%s broken at %d: %v", name, at, err)
			}
		}
	}
}

func TestUnreadValuesArePassedOverAndChecked(t *testing.T) {
	m := twoParts("one", "two")
	decoder, err := mtom.NewDecoder(strings.NewReader(m.body), m.contentType, nil)
	if err != nil {
		t.Fatal(err)
	}
	for want := range 2 {
		payload, err := decoder.Next()
		if err != nil || payload.Index != want {
			t.Fatalf("value %d: %+v, %v", want, payload, err)
		}
	}
	if _, err := decoder.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	decoder, err = mtom.NewDecoder(strings.NewReader(strings.TrimSuffix(m.body, "--\r\n")), m.contentType, nil)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = decoder.Next()
	}
	if !errors.Is(err, mtom.ErrCut) {
		t.Errorf("cut: %v", err)
	}
}

// twoParts refers to its second value first.
func twoParts(first, second string) message {
	return message{
		`multipart/related; type="application/xop+xml"; boundary=b`,
		"--b\r\nContent-Type: application/xop+xml\r\n\r\n<a><x>" + mtom.Include("1@x") + "</x><y>" + mtom.Include("2@x") + "</y></a>" +
			"\r\n--b\r\nContent-ID: <1@x>\r\n\r\n" + first + "\r\n--b\r\nContent-ID: <2@x>\r\n\r\n" + second + "\r\n--b--\r\n",
	}
}

func TestValuesComeInTheOrderOfTheWireAndKnowTheirElement(t *testing.T) {
	m := message{
		`multipart/related; boundary=b`,
		"--b\r\nContent-Type: application/xop+xml\r\n\r\n<a xmlns='urn:a'><x>" + mtom.Include("1@x") + "</x><Data>QUJD</Data><y>" + mtom.Include("2@x") + "</y></a>" +
			"\r\n--b\r\nContent-ID: <2@x>\r\n\r\ntwo\r\n--b\r\nContent-ID: <nobody@x>\r\n\r\nskipped\r\n--b\r\nContent-ID: <1@x>\r\nContent-Type: a/b\r\n\r\none\r\n--b--",
	}
	decoder, err := mtom.NewDecoder(strings.NewReader(m.body), m.contentType, &mtom.Options{Inline: inline})
	if err != nil {
		t.Fatal(err)
	}
	root, err := decoder.Root()
	if err != nil || !strings.HasSuffix(string(root), "<Data></Data></a>") {
		t.Fatalf("root before the value in place: %s, %v", root, err)
	}
	var got []string
	for {
		payload, err := decoder.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		value, err := io.ReadAll(payload)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %v %v %q %q %q", payload.Index, payload.Element, payload.Via, payload.ContentID, payload.ContentType, value))
	}
	want := []string{`1 {urn:a Data} inline "" "" "ABC"`, `2 {urn:a y} xop "2@x" "" "two"`, `0 {urn:a x} xop "1@x" "a/b" "one"`}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	root, err = decoder.Root()
	if err != nil || !strings.HasSuffix(string(root), "</y></a>") {
		t.Errorf("root at the end: %s, %v", root, err)
	}
}

func TestReadersConform(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789\r\n--b\r"), 500)
	body := "--bound\r\n\r\n<Data>" + mtom.Include("1@x") + "</Data>\r\n--bound\r\nContent-ID: <1@x>\r\n\r\n" + string(content) + "\r\n--bound--"
	decoder, err := mtom.NewDecoder(strings.NewReader(body), `multipart/related; boundary=bound`, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := decoder.Next()
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(payload, content); err != nil {
		t.Error(err)
	}
	encoder, err := mtom.NewEncoder([]byte("<a/>"), "text/xml", mtom.Attachment{ContentID: "1@x", Size: int64(len(content)), Body: bytes.NewReader(content)})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(encoder)
	if err != nil {
		t.Fatal(err)
	}
	again, err := mtom.NewEncoder([]byte("<a/>"), "text/xml", mtom.Attachment{ContentID: "1@x", Size: int64(len(content)), Body: bytes.NewReader(content)})
	if err != nil || again.Len() != int64(len(whole)) {
		t.Errorf("Len %d, %v; the message has %d", again.Len(), err, len(whole))
	}
}

func TestAPayloadMayHoldTheBoundaryOfAnotherMessage(t *testing.T) {
	content := []byte("start")
	for range 300 {
		encoder, err := mtom.NewEncoder([]byte("<Data>"+mtom.Include("1@x")+"</Data>"), "text/xml",
			mtom.Attachment{ContentID: "1@x", Size: int64(len(content)), Body: bytes.NewReader(content)})
		if err != nil {
			t.Fatal(err)
		}
		contentType := encoder.ContentType()
		body, err := io.ReadAll(encoder)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(bytes.NewReader(body), contentType)
		if err != nil || got.values[0] != string(content) {
			t.Fatalf("%d bytes came back as %d: %v", len(content), len(got.values[0]), err)
		}
		content = body
	}
}

// The scan must be linear whatever the input: 16 MiB that look like a delimiter again and again.
func TestHostileContentIsScannedInLinearTime(t *testing.T) {
	boundary := "uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1"
	for name, unit := range map[string]string{
		"all but the last byte": "\r\n--" + boundary[:len(boundary)-1], "only CR": "\r", "only CRLF": "\r\n", "dashes": "-",
		"the last byte": "1", "delimiter with a tail": "\r\n--" + boundary + "x", "closing with a tail": "\r\n--" + boundary + "--x",
	} {
		content := strings.Repeat(unit, (16<<20)/len(unit)) + "."
		body := "--" + boundary + "\r\n\r\n<Data>" + mtom.Include("1@x") + "</Data>\r\n--" + boundary + "\r\nContent-ID: <1@x>\r\n\r\n" + content + "\r\n--" + boundary + "--"
		start := time.Now()
		got, err := decode(strings.NewReader(body), `multipart/related; boundary="`+boundary+`"`)
		if err != nil || sha256.Sum256([]byte(got.values[0])) != sha256.Sum256([]byte(content)) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > soon {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// A listener hears the root without what stands in place in it, and nothing that the checks have refused.
func TestTokensOfTheRoot(t *testing.T) {
	inline := func(name xml.Name) bool { return name.Local == "v" }
	for text, want := range map[string]string{
		`<?xml version="1.0"?><a x="1"> b<!--c--><d/></a>`:       `<a x=1>| b|!c|<d>|</d>|</a>|`,
		`<a><v>AAAA</v><v/><v><![CDATA[BBBB]]><!-- --></v>e</a>`: `<a>|<v>|</v>|<v>|</v>|<v>|</v>|e|</a>|`,
		`<a><b>1</c></a>`: `<a>|<b>|1|`,
		`<a><b:c/></a>`:   `<a>|`,
	} {
		var heard strings.Builder
		d, err := mtom.NewDecoder(strings.NewReader(text), "text/xml", &mtom.Options{Inline: inline, Token: func(token xml.Token) {
			switch token := token.(type) {
			case xml.StartElement:
				heard.WriteString("<" + token.Name.Local)
				for _, a := range token.Attr {
					heard.WriteString(" " + a.Name.Local + "=" + a.Value)
				}
				heard.WriteString(">|")
			case xml.EndElement:
				heard.WriteString("</" + token.Name.Local + ">|")
			case xml.CharData:
				heard.WriteString(string(token) + "|")
			case xml.Comment:
				heard.WriteString("!" + string(token) + "|")
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = d.Next()
		}
		if heard.String() != want {
			t.Errorf("%s: heard %s, and not %s (%v)", text, &heard, want, err)
		}
	}
}
