package zipstream_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/altinn-transfer/altinn-transfer/internal/zipstream"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	os.Mkdir(dir+"/invoices", 0o700)
	os.WriteFile(dir+"/invoices/may.xml", []byte("<invoice/>"), 0o600)
	os.WriteFile(dir+"/readme.txt", []byte("Two files."), 0o600)

	entries, err := zipstream.Walk(dir+"/invoices", dir+"/readme.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := zipstream.Reader(context.Background(), entries)
	defer r.Close()
	packed, err := io.ReadAll(r)
	if err != nil {
		fmt.Println(err)
		return
	}

	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range archive.File {
		fmt.Println(f.Name, f.UncompressedSize64)
	}
	// Output:
	// invoices/may.xml 10
	// readme.txt 10
}
