package soap_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// Each file of testdata is a whole HTTP message of the WS or EC2 binding (SOAP 1.2 with WS-Addressing and WS-Security), written
// by hand after the contracts and what was recorded.

const (
	nsBroker  = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06"
	nsSubmit  = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06"
	nsArchive = "http://www.altinn.no/services/Archive/ReporteeArchive/2013/06"

	emptyZIP = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	tinyPDF  = "%PDF-1.7\n%%EOF\r\n"
)

func TestAnswersOfTheOtherBindingsAreRead(t *testing.T) {
	result := func(ns, operation string) (body, stream xml.Name) {
		return xml.Name{Space: ns, Local: operation + "Response"}, xml.Name{Space: ns, Local: operation + "Result"}
	}
	for file, test := range map[string]struct {
		ns, operation string // "": a receipt
		payload       string
	}{
		"ws-download-response.http":        {nsBroker, "DownloadFileStreamed", emptyZIP},
		"ws-download-pretty-response.http": {nsBroker, "DownloadFileStreamed", emptyZIP},
		"ec2-download-response.http":       {nsBroker, "DownloadFileStreamedEC", emptyZIP},
		"ws-get-response.http":             {nsArchive, "GetAttachmentDataExternalStreamed", tinyPDF},
		"ec2-get-response.http":            {nsArchive, "GetAttachmentDataECStreamed", tinyPDF},
	} {
		t.Run(file, func(t *testing.T) {
			body, element := result(test.ns, test.operation)
			reply, err := client(t).Do(t.Context(), &soap.Call{
				Op: test.operation, URL: wiretest.Replay(t, "testdata/"+file).URL, Version: soap.SOAP12, MTOM: true,
				Body: soap.NewElement(test.ns, test.operation), Stream: element,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Payload.Close()
			payload, err := io.ReadAll(reply.Payload)
			if err != nil || string(payload) != test.payload {
				t.Errorf("payload %q, %v", payload, err)
			}
			checkEnvelope(t, reply.Envelope, body)
		})
	}
}

func checkEnvelope(t *testing.T, envelope *soap.Envelope, body xml.Name) {
	t.Helper()
	if envelope.Version != soap.SOAP12 || envelope.Body == nil || envelope.Body.Tag != body.Local || envelope.Body.NamespaceURI() != body.Space {
		t.Errorf("envelope of version %d with %+v", envelope.Version, envelope.Body)
	}
	var blocks []string
	for _, block := range envelope.Header {
		blocks = append(blocks, block.Tag)
	}
	if got := strings.Join(blocks, " "); got != "Action RelatesTo Security" {
		t.Errorf("header blocks %s", got)
	}
}

func TestReceiptsOfTheOtherBindingsAreRead(t *testing.T) {
	for file, test := range map[string]struct{ ns, id, kind string }{
		"ws-upload-response.http":  {nsBroker, "417220981", "BrokerService"},
		"ec2-upload-response.http": {nsBroker, "417220981", "BrokerService"},
		"ws-submit-response.http":  {nsSubmit, "13570001", "FormTask"},
		"ec2-submit-response.http": {nsSubmit, "13570001", "FormTask"},
	} {
		reply, err := plainCall(t, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		checkEnvelope(t, reply.Envelope, xml.Name{Space: test.ns, Local: "ReceiptExternalStreamedBE"})
		body := reply.Envelope.Body
		if id, kind := soap.Text(body, test.ns, "ReceiptId"), soap.Text(body, test.ns, "ReceiptTypeName"); id != test.id || kind != test.kind {
			t.Errorf("%s: receipt %s of %s", file, id, kind)
		}
		if history := soap.Text(body, test.ns, "ReceiptHistory"); history != "" {
			t.Errorf("%s: a null reads %q", file, history)
		}
	}
}

func plainCall(t *testing.T, file string) (*soap.Reply, error) {
	t.Helper()
	return client(t).Do(t.Context(), &soap.Call{
		Op: "Call", URL: wiretest.Replay(t, "testdata/"+file).URL, Version: soap.SOAP12, MTOM: true, Body: etree.NewElement("call"),
	})
}

func TestPlainAnswersAreRead(t *testing.T) {
	for file, text := range map[string]string{"ws-confirm-response.http": "", "ws-available-response.http": "oppgjør.zip", "test-response.http": ""} {
		reply, err := plainCall(t, file)
		if err != nil || reply.Payload != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var all string
		for _, name := range reply.Envelope.Body.FindElements(".//FileName") {
			all += soap.Content(name)
		}
		if all != text {
			t.Errorf("%s: %q", file, all)
		}
	}
}

func TestFaultsOfTheOtherBindingsAreRead(t *testing.T) {
	_, err := plainCall(t, "ws-fault-response.http")
	if e, ok := errors.AsType[*failure.Error](err); !ok || e.Kind != failure.NotZip || e.Code != 40206 || e.GUID == "" || e.HTTPStatus != 500 {
		t.Errorf("got %v", err)
	}
	_, err = plainCall(t, "ec2-fault-token-response.http")
	if fault, ok := errors.AsType[*soap.Fault](err); !ok || fault.Subcode.Local != "BadContextToken" || fault.Altinn != nil {
		t.Errorf("got %v", err)
	}
}

// What clients send is read, too: by our own server, and by whoever looks at a message.
func TestRequestsOfOtherClientsAreRead(t *testing.T) {
	const credentials = `{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security`
	for file, want := range map[string]struct{ body, payload, block string }{
		"ws-upload-request.http":    {nsBroker + "}StreamedPayloadExternalBE", emptyZIP, credentials},
		"ws-download-request.http":  {nsBroker + "}DownloadFileStreamed", "", credentials},
		"ws-submit-request.http":    {nsSubmit + "}StreamedAttachmentExternalBE", tinyPDF, "{" + nsSubmit + "}userPinCode"},
		"ws-get-request.http":       {nsArchive + "}GetAttachmentDataExternalStreamed", "", credentials},
		"ec2-upload-request.http":   {nsBroker + "}StreamedPayloadECBE", emptyZIP, "{" + nsBroker + "}UserName"},
		"ec2-download-request.http": {nsBroker + "}DownloadFileStreamedEC", "", credentials},
		"ec2-submit-request.http":   {nsSubmit + "}StreamedAttachmentECBE", tinyPDF, "{" + nsSubmit + "}userName"},
		"ec2-get-request.http":      {nsArchive + "}GetAttachmentDataECStreamed", "", credentials},
		"metro-upload-request.http": {nsBroker + "}StreamedPayloadBasicBE", emptyZIP, "{" + nsBroker + "}SystemPassword"},
		"test-request.http":         {"http://www.altinn.no/services/2009/10}Test", "", ""},
	} {
		m := wiretest.Request(t, "testdata/"+file)
		if !strings.HasPrefix(m.Body, "{"+want.body+" ") || m.Payload != want.payload || want.block != "" && !hasBlock(m.Header, want.block) {
			t.Errorf("%s: %+v", file, m)
		}
	}
}

func hasBlock(blocks []string, name string) bool {
	for _, block := range blocks {
		if strings.HasPrefix(block, name+" ") {
			return true
		}
	}
	return false
}
