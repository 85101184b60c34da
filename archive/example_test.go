package archive_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// The whole life of an attachment: a form task is submitted and not yet complete, the attachment is streamed onto it, the form
// task is completed, and the archive gives the attachment back.
func Example() {
	service, stop := farSide()
	defer stop()
	ctx := context.Background()

	client, err := archive.New(service, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	receipt, err := client.SubmitFormTask(ctx, archive.Shipment{
		Reportee: "910075918", ExternalReference: "annual-report-2025", ServiceCode: "4711", Edition: 250301,
		Forms: []archive.Form{{DataFormat: "5120", Version: 41201, Data: "<melding/>"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	element := receipt.ReporteeElement()
	_, err = client.SubmitAttachment(ctx, archive.Attachment{ReporteeElement: element, Name: "Annual report"},
		stream.Bytes("report.pdf", []byte("%PDF-1.7 ...")), nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.CompleteAndSignShipment(ctx, archive.Completion{ReporteeElement: element}); err != nil {
		log.Fatal(err)
	}

	task, err := client.GetArchivedFormTask(ctx, element)
	if err != nil {
		log.Fatal(err)
	}
	for _, attachment := range task.Attachments {
		fmt.Println(attachment.Name, attachment.Type)
		if err := show(client.Fetch(ctx, attachment.ID)); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// Annual report application_pdf
	// %PDF-1.7 ...
}

// show copies an attachment to standard output. After an error, what was written is not whole.
func show(attachment *archive.Download, err error) error {
	if err != nil {
		return err
	}
	defer attachment.Close()
	_, err = io.Copy(os.Stdout, attachment)
	return err
}

// A receipt that was lost on its way is found again by the shipment's own reference.
func ExampleClient_GetReceipt() {
	service, stop := farSide()
	defer stop()
	ctx := context.Background()

	client, err := archive.New(service, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	_, err = client.SubmitFormTask(ctx, archive.Shipment{
		Reportee: "910075918", ExternalReference: "annual-report-2025", ServiceCode: "4711", Edition: 250301,
		Forms: []archive.Form{{DataFormat: "5120", Version: 41201, Data: "<melding/>"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := client.GetReceipt(ctx, archive.ReceiptQuery{
		Reference: archive.Reference{Type: archive.ExternalShipmentReference, Value: "annual-report-2025"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Status, receipt.Reference(archive.ExternalShipmentReference), receipt.ReporteeElement() != 0)
	// Output:
	// OK annual-report-2025 true
}

// farSide is the module's own server, with its demo users.
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
