package archive

import (
	"io"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// FuzzAnswers reads what the codec lets pass as each of the answers that have members.
func FuzzAnswers(f *testing.F) {
	for _, result := range []string{
		`<r xmlns="` + namespaceReceipt2015 + `"><ReceiptId>7</ReceiptId><References><Reference><ReferenceType>WorkFlowReference</ReferenceType><ReferenceValue>-1</ReferenceValue></Reference></References><SubReceipts><Receipt><ReceiptStatus>OK</ReceiptStatus></Receipt></SubReceipts></r>`,
		`<r xmlns="` + namespaceReceipt2009 + `"><ReceiptStatusCode>OK</ReceiptStatusCode></r>`,
		`<r><ReceiptId>7</ReceiptId></r>`,
		`<r xmlns="` + namespaceArchive2010 + `"><ArchivedAttachmentList><ArchivedAttachmentBEV2><AttachmentID>7</AttachmentID></ArchivedAttachmentBEV2></ArchivedAttachmentList></r>`,
		``,
	} {
		f.Add(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><b>` + result + `</b></s:Body></s:Envelope>`)
	}
	f.Fuzz(func(t *testing.T, message string) {
		envelope := parse(message)
		if envelope == nil || envelope.Body == nil {
			return
		}
		for _, form := range []receiptForm{shipmentForm, externalForm, newestForm} {
			receipt, err := form.read(&soap.Reply{Envelope: envelope})
			if err == nil && (receipt.ID == 0 && receipt.Status == "" || receipt.ReporteeElement() < 0) {
				t.Errorf("%s is read as %+v", message, receipt)
			}
		}
		m, err := result(envelope, namespaceArchive2010)
		if err != nil {
			return
		}
		for _, attachment := range readArchived(m).Attachments {
			if *m.err == nil && attachment.ID <= 0 {
				t.Errorf("%s has an attachment %d", message, attachment.ID)
			}
		}
	})
}

func parse(message string) *soap.Envelope {
	decoder, err := mtom.NewDecoder(strings.NewReader(message), "text/xml", nil)
	if err != nil {
		return nil
	}
	if _, err := decoder.Next(); err != io.EOF {
		return nil
	}
	root, err := decoder.Root()
	if err != nil {
		return nil
	}
	envelope, err := soap.ParseEnvelope(root)
	if err != nil {
		return nil
	}
	return envelope
}
