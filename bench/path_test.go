package bench_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// The path alone: client and far side in one process over loopback, memory to nowhere. Each benchmark has the bare
// counterpart beside it, whose far side does with the bytes what ours does.

const size = 64 << 20

var element = xml.Name{Space: "urn:bench", Local: "Data"}

func BenchmarkUpload(b *testing.B) {
	content := payload(b)
	b.Run("soap", func(b *testing.B) {
		far := httptest.NewServer(http.HandlerFunc(takeMessage))
		defer far.Close()
		client := soap.NewClient(nil)
		defer client.Close()
		source := stream.Bytes("bench.bin", content)
		b.SetBytes(size)
		for b.Loop() {
			body := soap.NewElement(element.Space, "Upload")
			_, err := client.Do(b.Context(), &soap.Call{
				Op: "Upload", URL: far.URL, Action: "urn:bench/Upload", MTOM: true, Body: body,
				Attachment: &soap.Attachment{Into: body.CreateElement(element.Local), Source: source},
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare-put", func(b *testing.B) {
		far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
		}))
		defer far.Close()
		b.SetBytes(size)
		for b.Loop() {
			file, err := stream.Bytes("bench.bin", content).Open(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			request, err := http.NewRequestWithContext(b.Context(), http.MethodPut, far.URL, file)
			if err != nil {
				b.Fatal(err)
			}
			request.ContentLength = size
			finish(b, request)
		}
	})
}

func BenchmarkDownload(b *testing.B) {
	content := payload(b)
	b.Run("soap", func(b *testing.B) {
		far := httptest.NewServer(giveMessage(content))
		defer far.Close()
		client := soap.NewClient(nil)
		defer client.Close()
		b.SetBytes(size)
		for b.Loop() {
			reply, err := client.Do(b.Context(), &soap.Call{
				Op: "Download", URL: far.URL, Action: "urn:bench/Download", MTOM: true,
				Body: soap.NewElement(element.Space, "Download"), Stream: element,
			})
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, reply.Payload); err != nil || n != size {
				b.Fatal(n, err)
			}
			reply.Payload.Close()
		}
	})
	b.Run("bare-get", func(b *testing.B) {
		far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(size))
			w.Write(content)
		}))
		defer far.Close()
		b.SetBytes(size)
		for b.Loop() {
			request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, far.URL, nil)
			if err != nil {
				b.Fatal(err)
			}
			finish(b, request)
		}
	})
}

func payload(b *testing.B) []byte {
	b.Helper()
	content := make([]byte, size)
	if _, err := io.ReadFull(iofault.NewPattern(iofault.Random, size, 1), content); err != nil {
		b.Fatal(err)
	}
	return content
}

func finish(b *testing.B, request *http.Request) {
	b.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		b.Fatal(err)
	}
	response.Body.Close()
}

// takeMessage is the least that a far side does with an upload: decode it to its end, then answer.
func takeMessage(w http.ResponseWriter, r *http.Request) {
	decoder, err := mtom.NewDecoder(r.Body, r.Header.Get("Content-Type"), nil)
	if err == nil {
		var file *mtom.Payload
		if file, err = decoder.Next(); err == nil {
			_, err = io.Copy(io.Discard, file)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>`)
}

// giveMessage is the least that a far side does for a download: encode what it has in memory.
func giveMessage(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := mtom.NewContentID()
		root := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Answer xmlns="urn:bench"><Data>` +
			mtom.Include(id) + `</Data></Answer></s:Body></s:Envelope>`
		file, err := stream.Bytes("bench.bin", content).Open(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		message, err := mtom.NewEncoder([]byte(root), "text/xml", mtom.Attachment{ContentID: id, Size: size, Body: file})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", message.ContentType())
		w.Header().Set("Content-Length", fmt.Sprint(message.Len()))
		message.WriteTo(w)
	}
}
