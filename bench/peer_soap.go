package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Our rows: the broker service in the Basic binding. The far side does with a message the least that one can: an upload is
// decoded to its end, a download encoded, and nothing is kept, as the far sides of the bare rows do.

const (
	brokerNS  = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06"
	party     = "910075918"
	reference = "0b7c41ac-5c1e-4d0e-9d53-6a0f2f4f1f77"
)

func soapHandler(o order, got *arrived) http.Handler {
	return answering(func(w http.ResponseWriter, r *http.Request) error {
		if strings.Contains(r.Header.Get("SOAPAction"), "/Upload") {
			return takeUpload(w, r, o, got)
		}
		return giveDownload(w, r, o)
	})
}

func takeUpload(w http.ResponseWriter, r *http.Request, o order, got *arrived) error {
	decoder, err := mtom.NewDecoder(r.Body, r.Header.Get("Content-Type"), nil)
	if err != nil {
		return err
	}
	file, err := decoder.Next()
	if err != nil {
		return err
	}
	if err := got.take(file, o.Check); err != nil {
		return err
	}
	return writeMessage(w, `<ReceiptExternalStreamedBE xmlns="`+brokerNS+`"><LastChanged>03.09.2025 07:15:09</LastChanged>`+
		`<ParentReceiptId>0</ParentReceiptId><ReceiptId>1</ReceiptId><ReceiptStatusCode>OK</ReceiptStatusCode>`+
		`<ReceiptText>taken</ReceiptText><ReceiptTypeName>BrokerService</ReceiptTypeName></ReceiptExternalStreamedBE>`)
}

func giveDownload(w http.ResponseWriter, r *http.Request, o order) error {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return err
	}
	file, err := os.Open(o.File)
	if err != nil {
		return err
	}
	defer file.Close()
	id := mtom.NewContentID()
	return writeMessage(w, `<DownloadFileStreamedBasicResponse xmlns="`+brokerNS+`"><DownloadFileStreamedBasicResult>`+mtom.Include(id)+
		`</DownloadFileStreamedBasicResult></DownloadFileStreamedBasicResponse>`, mtom.Attachment{ContentID: id, Size: o.Size, Body: file})
}

func writeMessage(w http.ResponseWriter, body string, attachments ...mtom.Attachment) error {
	root := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
	message, err := mtom.NewEncoder([]byte(root), "text/xml", attachments...)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", message.ContentType())
	w.Header().Set("Content-Length", strconv.FormatInt(message.Len(), 10))
	_, err = message.WriteTo(w)
	return err
}

func (o order) broker() (*broker.Client, error) {
	config, err := o.tls()
	if err != nil {
		return nil, err
	}
	credentials := binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}
	return broker.New(o.url(), credentials, &broker.Options{TLS: config})
}

func uploadSOAP(digest bool) func(context.Context, order) (word, error) {
	return func(ctx context.Context, o order) (word, error) {
		client, err := o.broker()
		if err != nil {
			return word{}, err
		}
		defer client.Close()
		source, err := stream.File(o.File)
		if err != nil {
			return word{}, err
		}
		if digest {
			source = stream.NewDigested(source)
		}
		return repeated(ctx, o, new(arrived), func() error {
			_, err := client.Upload(ctx, reference, party, source, nil)
			return err
		})
	}
}

func downloadSOAP(digest bool) func(context.Context, order) (word, error) {
	return func(ctx context.Context, o order) (word, error) {
		client, err := o.broker()
		if err != nil {
			return word{}, err
		}
		defer client.Close()
		got := new(arrived)
		return repeated(ctx, o, got, func() error { return downloadOnce(ctx, client, o, digest, got) })
	}
}

func downloadOnce(ctx context.Context, client *broker.Client, o order, digest bool, got *arrived) (err error) {
	download, err := client.Download(ctx, reference, party)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, download.Close()) }()
	if !digest {
		return got.take(download, o.Check)
	}
	digested := stream.NewDigest(download)
	if err := got.take(digested, o.Check); err != nil {
		return err
	}
	if digested.N() != o.Size {
		return fmt.Errorf("%d of %d bytes were digested", digested.N(), o.Size)
	}
	return nil
}
