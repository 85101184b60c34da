package broker_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// farSide is a service to talk to; its address stands for a real one's.
func farSide() (address string, stop func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	service, err := server.New(server.Options{Dir: dir, Users: server.DemoUsers()})
	if err != nil {
		log.Fatal(err)
	}
	far := httptest.NewServer(service)
	return far.URL, func() {
		far.Close()
		service.Close()
		os.RemoveAll(dir)
	}
}

// The two calls of a sender.
func ExampleNew_basic() {
	address, stop := farSide()
	defer stop()
	ctx := context.Background()
	client, err := broker.New(address, binding.Basic{
		SystemUser: "avsender",
		Password:   func(context.Context) (string, error) { return "avsender-demo", nil }, // from a file, a keyring ...
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	reference, err := client.Initiate(ctx, broker.Manifest{
		ServiceCode: "4192", EditionCode: 270815, SendersReference: "2f8a3c5e-accounts-2026-november",
		Sender: "910075918", Recipients: []broker.Party{"910077473"},
	})
	if err != nil {
		log.Fatal(err)
	}
	file, err := stream.File("testdata/accounts.zip")
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := client.Upload(ctx, reference, "910075918", file, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Status, receipt.Text)
	// Output:
	// OK Upload of file accounts.zip was successful. Recipients can now download the file.
}

// What an error says, for a program and for a person.
func ExampleClient_Download_error() {
	address, stop := farSide()
	defer stop()
	client, err := broker.New(address, binding.Basic{SystemUser: "mottaker", Password: binding.Literal("mottaker-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Download(context.Background(), "af303bd0-3333-4ec9-af6a-31dd05569011", "910077473")
	fmt.Println(errors.Is(err, failure.NotFound))
	if e, ok := errors.AsType[*failure.Error](err); ok {
		fmt.Println(e.Op, e.Code, e.Temporary(), e.Ambiguous)
		fmt.Println(e.Hint())
	}
	// Output:
	// true
	// DownloadFileStreamed 40212 false false
	// check the reference with list; it may be taken, expired, or not ready yet
}
