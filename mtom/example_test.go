package mtom_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// A payload is read while the message is written, and never held.
func ExampleEncoder() {
	id := mtom.NewContentID()
	root := `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Data>` + mtom.Include(id) + `</Data></Body></Envelope>`
	message, err := mtom.NewEncoder([]byte(root), "text/xml", mtom.Attachment{
		ContentID: id,
		Size:      11,
		Body:      strings.NewReader("any reader\n"),
	})
	if err != nil {
		log.Fatal(err)
	}
	// To be sent with Content-Type: message.ContentType() and Content-Length: message.Len().
	length := message.Len()
	written, err := io.Copy(io.Discard, message)
	fmt.Println(written == length, err)
	// Output: true <nil>
}

// The values of a message come one after another. A value that was copied without an error is whole, and so is the message
// when Next gives io.EOF.
func ExampleDecoder() {
	const contentType = `multipart/related; type="application/xop+xml"; boundary=b`
	const body = "--b\r\nContent-Type: application/xop+xml\r\n\r\n" +
		`<Files><File><Include xmlns="http://www.w3.org/2004/08/xop/include" href="cid:1@x"/></File></Files>` +
		"\r\n--b\r\nContent-ID: <1@x>\r\n\r\nHello.\n\r\n--b--\r\n"

	decoder, err := mtom.NewDecoder(strings.NewReader(body), contentType, nil)
	if err != nil {
		log.Fatal(err)
	}
	for {
		payload, err := decoder.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s by %v: ", payload.Element.Local, payload.Via)
		if _, err := io.Copy(os.Stdout, payload); err != nil {
			log.Fatal(err)
		}
	}
	// Output: File by xop: Hello.
}

// A message that lost its end is an error, however much of a value came.
func ExampleDecoder_cut() {
	const body = "--b\r\n\r\n<File><Include xmlns=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:1@x\"/></File>" +
		"\r\n--b\r\nContent-ID: <1@x>\r\n\r\nHello.\n\r\n--b-"

	decoder, err := mtom.NewDecoder(strings.NewReader(body), `multipart/related; boundary=b`, nil)
	if err != nil {
		log.Fatal(err)
	}
	payload, err := decoder.Next()
	if err != nil {
		log.Fatal(err)
	}
	_, err = io.Copy(io.Discard, payload)
	fmt.Println(errors.Is(err, mtom.ErrCut))
	// Output: true
}
