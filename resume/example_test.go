package resume_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// A journal is one process's alone. Others can read what it knows meanwhile.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	must(err)
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "send.journal")
	journal, err := resume.Open(path)
	must(err)
	defer journal.Close()

	key := resume.Key("send", "https://broker.example avsender", "invoices-2026-11")
	ctx := context.Background()
	must(journal.Put(ctx, resume.Record{Key: key, Direction: resume.Send, State: resume.Planned, Name: "invoices.zip"})) // on disk now
	record, found, err := journal.Get(ctx, key)
	must(err)
	fmt.Println(found, record.Name, record.State)

	_, err = resume.Open(path)
	if locked, ok := errors.AsType[*resume.LockedError](err); ok {
		fmt.Println("in use by this process:", locked.PID == os.Getpid())
	}
	// Output:
	// true invoices.zip planned
	// in use by this process: true
}

// Read tells what is not done, whether or not a process is at it.
func ExampleRead() {
	dir, err := os.MkdirTemp("", "example")
	must(err)
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "send.journal")
	journal, err := resume.Open(path)
	must(err)
	defer journal.Close()
	must(journal.Put(context.Background(),
		resume.Record{Key: "a", Direction: resume.Send, State: resume.Sent, Name: "january.zip"},
		resume.Record{Key: "b", Direction: resume.Send, State: resume.Uncertain, Name: "february.zip"},
	))

	for record, err := range resume.Read(path) {
		must(err)
		if !record.Done() {
			fmt.Println(record.Name, record.State)
		}
	}
	// Output: february.zip uncertain
}

// What has been done for long enough can be forgotten; what is not done stays.
func ExampleFile_Prune() {
	dir, err := os.MkdirTemp("", "example")
	must(err)
	defer os.RemoveAll(dir)
	journal, err := resume.Open(filepath.Join(dir, "send.journal"))
	must(err)
	defer journal.Close()
	ctx := context.Background()
	must(journal.Put(ctx, resume.Record{Key: "a", State: resume.Sent}, resume.Record{Key: "b", State: resume.Sending}))

	for _, before := range []time.Time{time.Now().AddDate(0, -3, 0), time.Now().Add(time.Second)} {
		n, err := journal.Prune(ctx, before)
		must(err)
		fmt.Println(n)
	}
	// Output:
	// 0
	// 1
}
