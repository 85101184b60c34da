// Command bulk is what interop/bulk/run.sh compares altinn-transfer with: package bare as a client and a service, eight files at
// once.
//
//	bulk make DIR FILES OCTETS      files that begin as a ZIP does
//	bulk serve DIR                  says its address, and answers until a signal
//	bulk send URL DIR JOURNAL       every file of a directory
//	bulk receive URL DIR JOURNAL    every file that waits
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/altinn-transfer/altinn-transfer/internal/bare"
)

const atOnce = 8

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bulk:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 4 && args[0] == "make":
		return makeFiles(args[1], args[2], args[3])
	case len(args) == 2 && args[0] == "serve":
		return serve(args[1])
	case len(args) == 4 && args[0] == "send":
		return client(args[1], args[2], args[3], (*bare.Client).SendAll)
	case len(args) == 4 && args[0] == "receive":
		return client(args[1], args[2], args[3], (*bare.Client).ReceiveAll)
	}
	return errors.New("see interop/bulk/main.go for what there is")
}

func client(url, dir, journal string, all func(*bare.Client) error) error {
	c, err := bare.Open(url, dir, journal, atOnce)
	if err != nil {
		return err
	}
	return errors.Join(all(c), c.Close())
}

// makeFiles fills a directory with files of which no two are alike, and which do not compress.
func makeFiles(dir, files, octets string) error {
	n, err := strconv.Atoi(files)
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(octets, 10, 64)
	if err != nil {
		return err
	}
	random := rand.NewChaCha8([32]byte{})
	for i := range n {
		if err := makeFile(filepath.Join(dir, fmt.Sprintf("file-%05d.zip", i)), random, size); err != nil {
			return err
		}
	}
	return nil
}

func makeFile(path string, random io.Reader, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	const begin = "PK\x03\x04"
	if _, err := file.WriteString(begin); err != nil {
		return err
	}
	if _, err := io.CopyN(file, random, size-int64(len(begin))); err != nil {
		return err
	}
	return file.Close()
}

func serve(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	s := &http.Server{Handler: bare.Service(root)}
	context.AfterFunc(ctx, func() { s.Shutdown(context.Background()) })
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
