package mtom

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

const (
	testBoundary = "uuid:159ebbed-12e2-4d36-a648-1b30a9b05136+id=1"
	testRootID   = "root@159ebbed"
)

func encodeOne(t testing.TB, rootType, payload string, size int64) *Encoder {
	t.Helper()
	e, err := newEncoder(testBoundary, testRootID, []byte("<Data>"+Include("1@x")+"</Data>"), rootType,
		[]Attachment{{ContentID: "1@x", Size: size, Body: strings.NewReader(payload)}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Golden messages are written as the strictest reader, WCF's, demands, and were read by foreign stacks.
func TestTheMessageIsTheGoldenOne(t *testing.T) {
	const payload = "PK\x03\x04\r\n--\x00\xff\r\n\r\n"
	for name, test := range map[string]struct{ rootType, namespace string }{
		"own-soap11": {"text/xml", "http://schemas.xmlsoap.org/soap/envelope/"},
		"own-soap12": {"application/soap+xml", "http://www.w3.org/2003/05/soap-envelope"},
	} {
		want, err := os.ReadFile("testdata/" + name + ".mime")
		if err != nil {
			t.Fatal(err)
		}
		wantType, err := os.ReadFile("testdata/" + name + ".type")
		if err != nil {
			t.Fatal(err)
		}
		root := `<s:Envelope xmlns:s="` + test.namespace + `"><s:Body><Upload xmlns="http://www.altinn.no/services/ServiceEngine/Broker/2015/06"><Data>` +
			Include("0a1b@payload") + `</Data></Upload></s:Body></s:Envelope>`
		e, err := newEncoder(testBoundary, testRootID, []byte(root), test.rootType,
			[]Attachment{{ContentID: "0a1b@payload", Size: int64(len(payload)), Body: strings.NewReader(payload)}})
		if err != nil {
			t.Fatal(err)
		}
		length := e.Len()
		got, err := io.ReadAll(e)
		if err != nil || !bytes.Equal(got, want) || length != int64(len(want)) || e.ContentType() != strings.TrimSpace(string(wantType)) {
			t.Errorf("%v, length %d, %s\n%q\nwant\n%q", err, length, e.ContentType(), got, want)
		}
	}
}

// WCF reads an empty part only in its long form, with a line break of its own.
func TestAnEmptyPayloadIsAPartOfItsOwn(t *testing.T) {
	got, err := io.ReadAll(encodeOne(t, "text/xml", "", 0))
	if want := "Content-Type: application/octet-stream\r\n\r\n\r\n--" + testBoundary + "--\r\n"; err != nil || !strings.HasSuffix(string(got), want) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestReadAndWriteToGiveTheSame(t *testing.T) {
	payload := strings.Repeat("payload\r\n", 20_000)
	want, err := io.ReadAll(encodeOne(t, "text/xml", payload, int64(len(payload))))
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(*Encoder) ([]byte, error){
		"WriteTo":      func(e *Encoder) ([]byte, error) { var b bytes.Buffer; _, err := e.WriteTo(&b); return b.Bytes(), err },
		"byte by byte": func(e *Encoder) ([]byte, error) { return io.ReadAll(iotest.OneByteReader(e)) },
		"both": func(e *Encoder) ([]byte, error) {
			var b bytes.Buffer
			if _, err := io.CopyN(&b, e, 1000); err != nil {
				return nil, err
			}
			n, err := e.WriteTo(&b)
			if n != int64(b.Len()-1000) {
				err = errors.New("wrong count")
			}
			return b.Bytes(), err
		},
	} {
		for _, size := range []int64{int64(len(payload)), -1} {
			if got, err := read(encodeOne(t, "text/xml", payload, size)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, size %d: %d bytes, %v", name, size, len(got), err)
			}
		}
	}
}

// A file that is written to a connection goes through the kernel alone, if nothing stands between the two that hides how
// either likes to be copied.
func TestThePayloadIsCopiedByItsOwnReaderOrWriter(t *testing.T) {
	for name, body := range map[string]*readsAndWrites{"the reader's WriteTo": {writes: true}, "the writer's ReadFrom": {}} {
		body.Reader = strings.NewReader("payload")
		var asReader io.Reader = body
		if body.writes {
			asReader = writesItself{body}
		}
		e, err := NewEncoder([]byte("<a/>"), "text/xml", Attachment{ContentID: "1@x", Size: 7, Body: asReader})
		if err != nil {
			t.Fatal(err)
		}
		to := &readsFrom{}
		n, err := io.Copy(to, e)
		if err != nil || n != e.Len() || n != int64(to.Len()) {
			t.Fatalf("%s: %d bytes, %v", name, n, err)
		}
		if body.writes && body.to != io.Writer(to) || !body.writes && !slices.Contains(to.from, io.Reader(body)) {
			t.Errorf("%s was given something else", name)
		}
	}
}

// readsAndWrites is a payload that, as [writesItself], keeps the writer that it was given.
type readsAndWrites struct {
	io.Reader
	writes bool
	to     io.Writer
}

type writesItself struct{ *readsAndWrites }

func (w writesItself) WriteTo(to io.Writer) (int64, error) {
	w.to = to
	return io.Copy(struct{ io.Writer }{to}, w.Reader)
}

// readsFrom keeps the readers that it was given.
type readsFrom struct {
	bytes.Buffer
	from []io.Reader
}

func (r *readsFrom) ReadFrom(from io.Reader) (int64, error) {
	r.from = append(r.from, from)
	return r.Buffer.ReadFrom(from)
}

func TestAPayloadThatIsNotWhatWasSaidWithholdsTheEnd(t *testing.T) {
	broken := errors.New("disk gone")
	for name, test := range map[string]struct {
		body io.Reader
		size int64
		want error
	}{
		"shorter":             {strings.NewReader("123"), 4, io.ErrUnexpectedEOF},
		"longer":              {strings.NewReader("12345"), 4, nil},
		"longer than nothing": {strings.NewReader("1"), 0, nil},
		"fails":               {io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), 4, broken},
		"fails, size unknown": {io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), -1, broken},
		"fails at the end":    {io.MultiReader(strings.NewReader("1234"), iotest.ErrReader(broken)), 4, broken},
		"ends in disguise":    {io.MultiReader(strings.NewReader("12"), iotest.ErrReader(fmt.Errorf("unpack: %w", io.EOF))), -1, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			for _, read := range []func(*Encoder) (int64, error){
				func(e *Encoder) (int64, error) { return io.Copy(io.Discard, struct{ io.Reader }{e}) },
				func(e *Encoder) (int64, error) { return e.WriteTo(io.Discard) },
			} {
				e, err := NewEncoder([]byte("<a/>"), "text/xml", Attachment{ContentID: "1@x", Size: test.size, Body: test.body})
				if err != nil {
					t.Fatal(err)
				}
				length := e.Len()
				n, err := read(e)
				if err == nil || test.want != nil && !errors.Is(err, test.want) || errors.Is(err, io.EOF) {
					t.Errorf("%d of %d bytes, %v", n, length, err)
				}
				if _, again := e.Read(make([]byte, 1)); again == nil || again.Error() != err.Error() {
					t.Errorf("the error did not stick: %v, then %v", err, again)
				}
				if seeker, ok := test.body.(io.Seeker); ok {
					seeker.Seek(0, io.SeekStart)
				}
			}
		})
	}
}

func TestAWriterThatFailsIsNoEnd(t *testing.T) {
	for _, broken := range []error{io.EOF, fmt.Errorf("pipe: %w", io.EOF), io.ErrClosedPipe} {
		e := encodeOne(t, "text/xml", "payload", 7)
		if _, err := e.WriteTo(failing{broken}); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%v: got %v", broken, err)
		}
	}
}

func TestAPayloadThatGivesNothingIsGivenUp(t *testing.T) {
	e := &Encoder{}
	e.add(piece{stuck{}, -1})
	if _, err := io.ReadAll(e); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestNothingCanBeSmuggledIntoTheFrame(t *testing.T) {
	for _, bad := range []string{"", "a\r\nX: y", "a\nb", "a b", "a<b", "a>b", `a"b`, "a\x00", "a%40b", "å"} {
		if _, err := NewEncoder([]byte("<a/>"), "text/xml", Attachment{ContentID: bad, Body: strings.NewReader("")}); err == nil {
			t.Errorf("Content-ID %q was taken", bad)
		}
	}
	for _, bad := range []string{"a/b\r\nX: y", "a/b\n", "\x00"} {
		if _, err := NewEncoder([]byte("<a/>"), "text/xml", Attachment{ContentID: "1@x", ContentType: bad, Body: strings.NewReader("")}); err == nil {
			t.Errorf("type %q was taken", bad)
		}
	}
	for _, bad := range []string{"", "a/b\r\nX: y", "\x00", `text/xml";x="`, `text/xml\`} {
		if _, err := NewEncoder([]byte("<a/>"), bad); err == nil {
			t.Errorf("root type %q was taken", bad)
		}
	}
	same := Attachment{ContentID: "1@x", Body: strings.NewReader("")}
	if _, err := NewEncoder([]byte("<a/>"), "text/xml", same, same); err == nil {
		t.Error("two attachments of one Content-ID were taken")
	}
}

func TestEveryMessageHasABoundaryOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		b, id := newBoundary(), NewContentID()
		if seen[b] || seen[id] || len(b) > 70 || !isID(id) {
			t.Fatalf("boundary %q, id %q", b, id)
		}
		seen[b], seen[id] = true, true
	}
}

// The standard library's reader is a foreign one to our encoder.
func TestTheStandardLibraryReadsIt(t *testing.T) {
	payload := strings.Repeat("\r\n--uuid:", 10_000)
	e := encodeOne(t, "text/xml", payload, int64(len(payload)))
	_, params, err := mime.ParseMediaType(e.ContentType())
	if err != nil || params["start"] != "<root@159ebbed>" || params["start-info"] != "text/xml" {
		t.Fatalf("%v, %v", params, err)
	}
	reader := multipart.NewReader(e, params["boundary"])
	root, err := reader.NextRawPart()
	if err != nil || root.Header.Get("Content-Type") != `application/xop+xml;charset=utf-8;type="text/xml"` {
		t.Fatalf("%v, %v", root, err)
	}
	part, err := reader.NextRawPart()
	if err != nil || part.Header.Get("Content-Transfer-Encoding") != "binary" {
		t.Fatalf("%v, %v", part, err)
	}
	if got, err := io.ReadAll(part); err != nil || string(got) != payload {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := reader.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

// Framing at every length of the payload around the window's size, at every phase of delivery, of payloads that are all
// delimiters but for a byte.
func TestPayloadsAroundTheWindowsSize(t *testing.T) {
	const window = 17 << 10 // the least that holds a block of fields
	const delimiter = "\r\n--" + testBoundary
	for _, unit := range []string{delimiter[:len(delimiter)-1], delimiter + "x", delimiter + "-", delimiter + "--x", "\r\n"} {
		for _, base := range []int{0, len(delimiter), window - 600, window, 2 * window} {
			for length := max(0, base-len(delimiter)-3); length <= base+len(delimiter)+3; length++ {
				payload := strings.Repeat(unit, length/len(unit)+1)[:length]
				if strings.HasSuffix(payload, delimiter) || strings.HasSuffix(payload, delimiter+"--") {
					continue // with the line break behind it, that is one
				}
				checkRoundTrip(t, payload, window)
			}
		}
	}
}

func checkRoundTrip(t *testing.T, payload string, window int) {
	t.Helper()
	message, err := io.ReadAll(encodeOne(t, "text/xml", payload, int64(len(payload))))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []int{1 << 20, window / 2, 4096, 61} {
		got, err := decodeOne(iofault.Steps(bytes.NewReader(message), step), window)
		if err != nil || got != payload {
			t.Fatalf("length %d, steps of %d: %d bytes, %v", len(payload), step, len(got), err)
		}
	}
}

func decodeOne(r io.Reader, window int) (string, error) {
	d, err := newDecoder(r, `multipart/related; boundary="`+testBoundary+`"`, nil, window)
	if err != nil {
		return "", err
	}
	p, err := d.Next()
	if err != nil {
		return "", err
	}
	value, err := io.ReadAll(p)
	return string(value), err
}

func TestDecodingAllocatesNothingPerChunk(t *testing.T) {
	inline := &Options{Inline: func(name xml.Name) bool { return name.Local == "Data" }}
	type message struct{ contentType, body string }
	for name, lay := range map[string]func(payload string) message{
		"a part": func(payload string) message {
			body, err := io.ReadAll(encodeOne(t, "text/xml", payload, int64(len(payload))))
			if err != nil {
				t.Fatal(err)
			}
			return message{`multipart/related; boundary="` + testBoundary + `"`, string(body)}
		},
		"base64 in place": func(payload string) message {
			return message{"text/xml", "<Data>" + base64.StdEncoding.EncodeToString([]byte(payload)) + "</Data>"}
		},
		"a part of base64": func(payload string) message {
			return message{`multipart/related; boundary=b`, "--b\r\n\r\n<Data>" + Include("1@x") + "</Data>\r\n--b\r\nContent-ID: <1@x>\r\n" +
				"Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(payload)) + "\r\n--b--"}
		},
	} {
		allocations := func(size int) float64 {
			m := lay(strings.Repeat("x", size))
			return testing.AllocsPerRun(5, func() {
				d, err := NewDecoder(strings.NewReader(m.body), m.contentType, inline)
				if err != nil {
					t.Fatal(err)
				}
				p, err := d.Next()
				if err != nil {
					t.Fatal(err)
				}
				if n, err := p.WriteTo(io.Discard); err != nil || n != int64(size) {
					t.Fatal(n, err)
				}
			})
		}
		if small, large := allocations(1<<20), allocations(16<<20); large > small {
			t.Errorf("%s: %v allocations for 16 MiB, %v for 1 MiB", name, large, small)
		}
	}
}

// A payload of any size passes in the memory of a small one.
func TestHugePayload(t *testing.T) {
	if os.Getenv("ALTINN_TRANSFER_LONG") == "" {
		t.Skip("ALTINN_TRANSFER_LONG is not set")
	}
	const size = 5<<30 + 3
	e, err := NewEncoder([]byte("<Data>"+Include("1@x")+"</Data>"), "text/xml", Attachment{ContentID: "1@x", Size: size, Body: iofault.NewPattern(iofault.Zeros, size, 0)})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder(e, e.ContentType(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Next()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.WriteTo(io.Discard); err != nil || n != size {
		t.Errorf("%d bytes, %v", n, err)
	}
}
