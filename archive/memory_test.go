package archive_test

import (
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// large is a service whose answer holds 64 MiB of an attachment, made of nothing as it goes.
func large(t *testing.T) (*archive.Client, hash.Hash) {
	t.Helper()
	const size = 64 << 20
	before, after, _ := strings.Cut(answer(nsArchived, "GetAttachmentDataBasicV2",
		`<AttachmentData xmlns="http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2010/10">HERE</AttachmentData>`), "HERE")
	sent := sha256.New()
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, before)
		encoder := base64.NewEncoder(base64.StdEncoding, w)
		io.Copy(io.MultiWriter(sent, encoder), iofault.NewPattern(iofault.Random, size, 1))
		encoder.Close()
		io.WriteString(w, after)
	}))
	t.Cleanup(far.Close)
	client, err := archive.New(far.URL, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client, sent
}

func TestAnAttachmentInTheAnswerTakesNoMemory(t *testing.T) {
	client, sent := large(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	file, err := client.GetAttachmentData(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got := sha256.New()
	if _, err := io.Copy(got, file); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if string(got.Sum(nil)) != string(sent.Sum(nil)) {
		t.Error("it arrived as something else")
	}
	grown := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d KiB were taken in all, on both sides", grown>>10)
	if grown > 8<<20 {
		t.Errorf("%d MiB were taken in all", grown>>20)
	}
}
