package transfer_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// Send one file as one organisation and receive all that waits as another. The far side is the module's own server; a real
// one differs by its address and credentials only.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	service, err := server.New(server.Options{Dir: dir + "/store", Users: server.DemoUsers()})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	far := httptest.NewServer(service)
	defer far.Close()
	ctx := context.Background()

	sender, err := broker.New(far.URL, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	sent := transfer.New(sender, transfer.Options{}).Send(ctx, transfer.Job{
		Source: stream.Bytes("report.zip", []byte("PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")),
		Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		},
	})
	if sent.Err != nil {
		log.Fatal(sent.Err)
	}
	fmt.Println(sent.Receipt.Text)

	recipient, err := broker.New(far.URL, binding.Basic{SystemUser: "mottaker", Password: binding.Literal("mottaker-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	manager := transfer.New(recipient, transfer.Options{})
	for received := range manager.ReceiveAll(ctx, broker.Query{Recipient: "910077473"}, dir) {
		if received.Err != nil {
			log.Fatal(received.Err)
		}
		fmt.Println(received.Name, received.Bytes, received.SHA256 == sent.SHA256, received.Confirmed)
	}
	// Output:
	// Upload of file report.zip was successful. Recipients can now download the file.
	// report.zip 22 true true
}

// Receive all that waits, oldest first, each file stored whole before it is confirmed. An error of one file is its result's.
func ExampleManager_ReceiveAll() {
	ctx := context.Background()
	secret := func(context.Context) (string, error) { return os.Getenv("BROKER_PASSWORD"), nil }

	client, err := broker.New("https://broker.example", binding.Basic{SystemUser: "412", Password: secret}, nil)
	if err != nil {
		log.Fatal(err)
	}
	manager := transfer.New(client, transfer.Options{})
	for result := range manager.ReceiveAll(ctx, broker.Query{Recipient: "910077473"}, "inbox") {
		fmt.Println(result.Name, result.SHA256, result.Err)
	}
}

// A file that is larger than the service takes goes in segments, each a shipment of its own.
func ExampleManager_Segments() {
	ctx := context.Background()
	secret := func(context.Context) (string, error) { return os.Getenv("BROKER_PASSWORD"), nil }

	client, err := broker.New("https://broker.example", binding.Basic{SystemUser: "412", Password: secret}, nil)
	if err != nil {
		log.Fatal(err)
	}
	manager := transfer.New(client, transfer.Options{})
	film := transfer.Job{
		Source: stream.Bytes("film.mp4", make([]byte, 2500)),
		Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
			SendersReference: "film-7",
		},
	}
	for segment, err := range manager.Segments(ctx, film, 1000) { // what SendAll takes
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(segment.FileName, segment.Manifest.SendersReference)
	}
	// Output:
	// film.mp4.001.zip film-7-0001-of-0003
	// film.mp4.002.zip film-7-0002-of-0003
	// film.mp4.003.zip film-7-0003-of-0003
}
