package main

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAZIPOnStandardInputIsWholeOrAnError(t *testing.T) {
	var whole bytes.Buffer
	archive := zip.NewWriter(&whole)
	if w, err := archive.Create("a.txt"); err != nil {
		t.Fatal(err)
	} else if _, err := io.Copy(w, strings.NewReader(strings.Repeat("content", 30_000))); err != nil {
		t.Fatal(err)
	}
	archive.SetComment("the end")
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	read := func(content []byte, how func(io.Reader) io.Reader) error {
		source := wholeZIP{fromStdin("a.zip", how(bytes.NewReader(content)))}
		r, err := source.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got, err := io.ReadAll(r)
		if !bytes.Equal(got, content) {
			t.Errorf("%d bytes came through, not the %d there are", len(got), len(content))
		}
		return err
	}
	plain := func(r io.Reader) io.Reader { return r }
	for _, how := range []func(io.Reader) io.Reader{plain, iotest.OneByteReader, iotest.DataErrReader} {
		if err := read(whole.Bytes(), how); err != nil {
			t.Errorf("a whole ZIP: %v", err)
		}
		if err := read(append(bytes.Clone(whole.Bytes()), make([]byte, 100)...), how); err != nil {
			t.Errorf("a ZIP with something behind: %v", err)
		}
		if err := read([]byte("no ZIP at all"), how); err != nil {
			t.Errorf("no ZIP, which is for the service to say: %v", err)
		}
	}
	for cut := 4; cut < whole.Len(); cut++ {
		if read(whole.Bytes()[:cut], plain) == nil {
			t.Errorf("cut at %d of %d: no error", cut, whole.Len())
		}
	}
}
