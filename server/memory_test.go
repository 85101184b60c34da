package server_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// zeros is a base64 text of so many zero octets, a multiple of 3, made of nothing.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.left/3*4))
	for i := range p[:n/4*4] {
		p[i] = 'A'
	}
	z.left -= int64(n / 4 * 3)
	return n / 4 * 4, nil
}

// counter is an answer of which only the length is kept.
type counter struct {
	httptest.ResponseRecorder
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// allocated is how much memory a request takes in all, in bytes.
func (f *far) allocated(path string, body io.Reader) (answered *counter, bytes uint64) {
	r := httptest.NewRequestWithContext(f.t.Context(), http.MethodPost, path, body)
	r.Header.Set("Content-Type", "text/xml")
	answered = &counter{}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f.server.ServeHTTP(answered, r)
	runtime.ReadMemStats(&after)
	return answered, after.TotalAlloc - before.TotalAlloc
}

// What stands as base64 in a message is never in memory as a whole, neither there nor back.
func TestAttachmentsInPlaceTakeNoMemory(t *testing.T) {
	f := start(t, nil)
	const size, most = 30 << 20, 4 << 20
	s := aShipment()
	s.attachments = `<Attachment><FileName>a.bin</FileName><AttachementData>HERE</AttachementData></Attachment>`
	s.signatures = `<EndUserSystemReference>s</EndUserSystemReference>`
	head, tail, _ := strings.Cut(asking(asSender, nsForms, "SubmitFormTaskBasic", s.xml()), "HERE")
	a, took := f.allocated(inboundPath, io.MultiReader(strings.NewReader(head), &zeros{size}, strings.NewReader(tail)))
	if a.Code != http.StatusOK || took > most {
		t.Errorf("there: %d, %d bytes of memory", a.Code, took)
	}
	id := strings.TrimSuffix(f.files("attachments")[0], ".bin")
	a, took = f.allocated(archivedPath, strings.NewReader(asking(asSender, nsArchived, "GetAttachmentDataBasicV2", `<attachmentId>`+id+`</attachmentId>`)))
	if a.Code != http.StatusOK || a.n < int64(base64.StdEncoding.EncodedLen(size)) || took > most {
		t.Errorf("back: %d, %d bytes with %d bytes of memory", a.Code, a.n, took)
	}
}
