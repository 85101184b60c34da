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

// An attachment there and back. Its id is found in the archive's lists; the module's own server gives it the number of its
// receipt.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	service, err := server.New(server.Options{Dir: dir, Users: server.DemoUsers()})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	far := httptest.NewServer(service)
	defer far.Close()
	ctx := context.Background()

	client, err := archive.New(far.URL, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	receipt, err := client.SubmitAttachment(ctx, archive.Attachment{ReporteeElement: 9007, Name: "Annual report"},
		stream.Bytes("report.pdf", []byte("%PDF-1.7 ...")), nil)
	if err != nil {
		log.Fatal(err)
	}
	attachment, err := client.GetAttachment(ctx, receipt.ID)
	if err != nil {
		log.Fatal(err)
	}
	defer attachment.Close()
	if _, err := io.Copy(os.Stdout, attachment); err != nil { // an error here: what was written is not whole
		log.Fatal(err)
	}
	fmt.Println()
	// Output:
	// %PDF-1.7 ...
}
