package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

const (
	nsInbound  = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2009/10"
	nsReceipt  = "http://www.altinn.no/services/Intermediary/Receipt/2009/10"
	nsArchived = "http://www.altinn.no/services/Archive/ReporteeArchive/2009/10"
	nsLogin    = "http://www.altinn.no/services/Authentication/SystemAuthentication/2009/10"

	dataArchived  = "http://schemas.altinn.no/services/Archive/ReporteeArchive/2010/10"
	dataReceipt   = "http://schemas.altinn.no/services/Intermediary/Receipt/2009/10"
	dataChallenge = "http://schemas.altinn.no/services/Authentication/2009/10"
)

var shipment = archive.Shipment{
	Reportee: "910075918", ExternalReference: "ref-1", ServiceCode: "4711", Edition: 1,
	Forms: []archive.Form{{DataFormat: "5120", Version: 1, Data: "<a/>"}}, User: person,
}

// answer is the answer of an operation whose result holds what is given.
func answer(space, operation, result string) string {
	return envelope(fmt.Sprintf(`<%[2]sResponse xmlns="%[1]s"><%[2]sResult>%[3]s</%[2]sResult></%[2]sResponse>`, space, operation, result))
}

func TestAnAnswerThatDoesNotHoldWhatItShouldIsNoSuccess(t *testing.T) {
	submit := func(c *archive.Client) error { _, err := c.SubmitFormTask(t.Context(), shipment); return err }
	complete := func(c *archive.Client) error {
		_, err := c.CompleteAndSignShipment(t.Context(), archive.Completion{ReporteeElement: 7})
		return err
	}
	status := func(c *archive.Client) error { _, err := c.GetAltinnSubmissionStatus(t.Context()); return err }
	find := func(c *archive.Client) error {
		_, err := c.GetReceipt(t.Context(), archive.ReceiptQuery{ID: 7})
		return err
	}
	archived := func(c *archive.Client) error { _, err := c.GetArchivedFormTask(t.Context(), 7); return err }
	challenge := func(c *archive.Client) error {
		_, err := c.GetAuthenticationChallenge(t.Context(), "SYSTEM-ID", person)
		return err
	}
	for name, test := range map[string]struct {
		answer    string
		call      func(*archive.Client) error
		kind      failure.Kind
		ambiguous bool
		words     string
	}{
		"no result": {
			envelope(`<SubmitFormTaskBasicResponse xmlns="` + nsInbound + `"/>`), submit, failure.Protocol, true, "no result",
		},
		"an empty receipt": {answer(nsInbound, "SubmitFormTaskBasic", ""), submit, failure.Protocol, true, "neither id nor status"},
		"an id that is no number": {
			answer(nsInbound, "SubmitFormTaskBasic", "<ReceiptId>seven</ReceiptId>"), submit, failure.Protocol, true, "ReceiptId is not a number",
		},
		"a receipt that says no": {
			answer(nsInbound, "SubmitFormTaskBasic", "<ReceiptId>7</ReceiptId><ReceiptText>not valid</ReceiptText><ReceiptStatusCode>Rejected</ReceiptStatusCode>"),
			submit, failure.Refused, false, "receipt 7 says Rejected: not valid",
		},
		"a receipt below that says no": {
			answer(nsInbound, "SubmitFormTaskBasic", "<ReceiptId>7</ReceiptId><ReceiptStatusCode>OK</ReceiptStatusCode>"+
				"<SubReceipts><ReceiptExternalBE><ReceiptId>8</ReceiptId><ReceiptStatusCode>ValidationFailed</ReceiptStatusCode></ReceiptExternalBE></SubReceipts>"),
			submit, failure.Refused, false, "receipt 8 says ValidationFailed",
		},
		"a receipt that repeats a secret": {
			answer(nsInbound, "SubmitFormTaskBasic", "<ReceiptId>7</ReceiptId><ReceiptText>SYSTEM-PASSWORD is wrong</ReceiptText><ReceiptStatusCode>Rejected</ReceiptStatusCode>"),
			submit, failure.Refused, false, "[redacted] is wrong",
		},
		"a receipt that repeats a person's login": {
			answer(nsInbound, "SubmitFormTaskBasic", "<ReceiptId>7</ReceiptId><ReceiptText>USER-SSN USER-PASSWORD USER-PIN</ReceiptText><ReceiptStatusCode>Rejected</ReceiptStatusCode>"),
			submit, failure.Refused, false, "[redacted] [redacted] [redacted]",
		},
		"a receipt in another namespace": {
			answer(nsInbound, "CompleteAndSignShipmentBasic", "<ReceiptId>7</ReceiptId><ReceiptStatusCode>OK</ReceiptStatusCode>"),
			complete, failure.Protocol, true, "neither id nor status",
		},
		"a completion that says no": {
			answer(nsInbound, "CompleteAndSignShipmentBasic", `<ReceiptId xmlns="`+dataReceipt+`">7</ReceiptId><ReceiptStatusCode xmlns="`+dataReceipt+`">UnExpectedError</ReceiptStatusCode>`),
			complete, failure.Refused, false, "UnExpectedError",
		},
		"minutes below nothing": {answer(nsInbound, "GetAltinnSubmissionStatusBasic", "-5"), status, failure.Protocol, false, "number of minutes"},
		"minutes for ever":      {answer(nsInbound, "GetAltinnSubmissionStatusBasic", "99999999999"), status, failure.Protocol, false, "number of minutes"},
		"no minutes":            {answer(nsInbound, "GetAltinnSubmissionStatusBasic", ""), status, failure.Protocol, false, "number of minutes"},
		"no receipt":            {answer(nsReceipt, "GetReceiptBasicV2", ""), find, failure.Protocol, false, "neither id nor status"},
		"an attachment without id": {
			answer(nsArchived, "GetArchivedFormTaskBasicV2", `<ArchivedAttachmentList xmlns="`+dataArchived+`"><ArchivedAttachmentBEV2><AttachmentName>a</AttachmentName></ArchivedAttachmentBEV2></ArchivedAttachmentList>`),
			archived, failure.Protocol, false, "AttachmentID",
		},
		"encrypted perhaps": {
			answer(nsArchived, "GetArchivedFormTaskBasicV2", `<ArchivedAttachmentList xmlns="`+dataArchived+`"><ArchivedAttachmentBEV2><AttachmentID>1</AttachmentID><IsEncrypted>perhaps</IsEncrypted></ArchivedAttachmentBEV2></ArchivedAttachmentList>`),
			archived, failure.Protocol, false, "IsEncrypted is not a boolean",
		},
		"a person who may not": {
			answer(nsLogin, "GetAuthenticationChallenge", `<Message xmlns="`+dataChallenge+`">locked</Message><Status xmlns="`+dataChallenge+`">UserLockedOut</Status>`),
			challenge, failure.Unauthenticated, false, "UserLockedOut: locked",
		},
		"a person without a telephone": {
			answer(nsLogin, "GetAuthenticationChallenge", `<Status xmlns="`+dataChallenge+`">NoPhoneNumber</Status>`),
			challenge, failure.Refused, false, "NoPhoneNumber",
		},
		"a challenge that says nothing": {answer(nsLogin, "GetAuthenticationChallenge", ""), challenge, failure.Protocol, true, "status of a challenge"},
		"a challenge that repeats a secret": {
			answer(nsLogin, "GetAuthenticationChallenge", `<Status xmlns="`+dataChallenge+`">USER-PASSWORD</Status>`),
			challenge, failure.Protocol, true, "[redacted]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := service(t, "text/xml", test.answer)
			err := test.call(client)
			e, ok := errors.AsType[*failure.Error](err)
			if !ok || e.Kind != test.kind || e.Ambiguous != test.ambiguous || !strings.Contains(e.Error(), test.words) {
				t.Errorf("got %v, want %s (ambiguous: %v) with %q", err, test.kind.Name(), test.ambiguous, test.words)
			}
			if ok && strings.Contains(e.Error(), "PASSWORD") {
				t.Errorf("the error repeats a secret: %v", e)
			}
		})
	}
}

func TestARefusalKeepsTheReceiptAndTheHandle(t *testing.T) {
	client, _ := service(t, "text/xml", answer(nsInbound, "SubmitFormTaskBasic", "<ReceiptId>7</ReceiptId><ReceiptStatusCode>Rejected</ReceiptStatusCode>"))
	receipt, err := client.SubmitFormTask(t.Context(), shipment)
	if receipt == nil || receipt.ID != 7 || receipt.ReporteeElement() != 0 {
		t.Errorf("receipt %+v", receipt)
	}
	if e, ok := errors.AsType[*failure.Error](err); !ok || e.Reference != "ref-1" {
		t.Errorf("got %+v", err)
	}
}

func TestWhatCannotBeAskedIsNot(t *testing.T) {
	client, got := service(t, "text/xml", "")
	without := func(change func(*archive.Shipment)) func(context.Context) error {
		return func(ctx context.Context) error {
			s := shipment
			change(&s)
			_, err := client.SubmitFormTask(ctx, s)
			return err
		}
	}
	for name, call := range map[string]func(context.Context) error{
		"no reportee": without(func(s *archive.Shipment) { s.Reportee = "" }),
		"no service":  without(func(s *archive.Shipment) { s.ServiceCode = "" }),
		"no form":     without(func(s *archive.Shipment) { s.Forms = nil }),
		"no data":     without(func(s *archive.Shipment) { s.Forms = []archive.Form{{DataFormat: "1"}} }),
		"no element": func(ctx context.Context) error {
			_, err := client.CompleteAndSignShipment(ctx, archive.Completion{})
			return err
		},
		"no element to update": func(ctx context.Context) error {
			_, err := client.UpdateFormData(ctx, archive.FormUpdate{Forms: shipment.Forms})
			return err
		},
		"an attachment onto nothing": func(ctx context.Context) error {
			_, err := client.SubmitAttachment(ctx, archive.Attachment{}, stream.Bytes("a", []byte("a")), nil)
			return err
		},
		"an attachment with a drive": func(ctx context.Context) error {
			_, err := client.SubmitAttachment(ctx, archive.Attachment{ReporteeElement: 7}, stream.Bytes("C:a", []byte("a")), nil)
			return err
		},
		"an attachment with a path": func(ctx context.Context) error {
			_, err := client.SubmitAttachment(ctx, archive.Attachment{ReporteeElement: 7, FileName: `b\a`}, stream.Bytes("a", []byte("a")), nil)
			return err
		},
		"no archived element": func(ctx context.Context) error { _, err := client.GetArchivedFormTask(ctx, -1); return err },
		"any receipt":         func(ctx context.Context) error { _, err := client.GetReceipt(ctx, archive.ReceiptQuery{}); return err },
		"two receipts": func(ctx context.Context) error {
			_, err := client.GetReceipt(ctx, archive.ReceiptQuery{ID: 1, Reference: archive.Reference{Type: archive.ArchiveReference, Value: "AR1"}})
			return err
		},
		"receipts of any type": func(ctx context.Context) error {
			_, err := client.GetReceiptList(ctx, archive.ReceiptListQuery{})
			return err
		},
		"any receipt to write into": func(ctx context.Context) error {
			_, err := client.UpdateReceipt(ctx, archive.ReceiptUpdate{Text: "a"})
			return err
		},
		"a code for nobody": func(ctx context.Context) error {
			_, err := client.GetAuthenticationChallenge(ctx, "SYSTEM-ID", archive.User{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := call(t.Context()); !errors.Is(err, failure.Usage) {
				t.Errorf("got %v", err)
			}
		})
	}
	if got.path != "" {
		t.Errorf("the service was asked at %s", got.path)
	}
}

// two is a service that answers the two operations that fetch an attachment, and counts how often it was asked.
func two(t *testing.T, code int) (*archive.Client, *[]string) {
	t.Helper()
	asked := new([]string)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
		*asked = append(*asked, action[strings.LastIndex(action, "/")+1:])
		w.Header().Set("Content-Type", "text/xml")
		if strings.HasSuffix(action, "GetAttachmentDataStreamedBasic") {
			io.WriteString(w, envelope(`<GetAttachmentDataStreamedBasicResponse xmlns="`+nsGet+`"><GetAttachmentDataStreamedBasicResult>AAEC</GetAttachmentDataStreamedBasicResult></GetAttachmentDataStreamedBasicResponse>`))
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, envelope(fmt.Sprintf(`<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring><detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><ErrorID>%d</ErrorID></AltinnFault></detail></s:Fault>`, code)))
	}))
	t.Cleanup(far.Close)
	client, err := archive.New(far.URL, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client, asked
}

func TestFetchStreamsWhatIsTooLargeForTheAnswer(t *testing.T) {
	const inline, streamed = "GetAttachmentDataBasicV2", "GetAttachmentDataStreamedBasic"
	for name, test := range map[string]struct {
		code  int
		asked string
		kind  failure.Kind
	}{
		"too large":                   {40204, inline + " " + streamed, failure.Unknown},
		"refused for no known reason": {65000, inline + " " + streamed, failure.Unknown},
		"login refused":               {989, inline, failure.Unauthenticated},
		"not there":                   {40207, inline, failure.NotFound},
		"no right":                    {40211, inline, failure.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			client, asked := two(t, test.code)
			file, err := client.Fetch(t.Context(), 7)
			if failure.KindOf(err) != test.kind {
				t.Fatal(err)
			}
			if err == nil {
				defer file.Close()
				if content, err := io.ReadAll(file); err != nil || string(content) != "\x00\x01\x02" {
					t.Errorf("got %q, %v", content, err)
				}
				if info, err := archive.InfoOf(file); err != nil || info != (archive.AttachmentInfo{}) {
					t.Errorf("told %+v, %v", info, err)
				}
			}
			if got := strings.Join(*asked, " "); got != test.asked {
				t.Errorf("asked for %s, want %s", got, test.asked)
			}
		})
	}
}

// TestAnAttachmentInTheAnswerThatIsCutIsNoSuccess: the service has told the length, so that only the message's own end shows it.
func TestAnAttachmentInTheAnswerThatIsCutIsNoSuccess(t *testing.T) {
	whole := answer(nsArchived, "GetAttachmentDataBasicV2", `<AttachmentData xmlns="http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2010/10">AAECAwQF</AttachmentData>`)
	for cut := strings.Index(whole, "AAEC") + 2; cut < len(whole); cut += 7 {
		client, _ := service(t, "text/xml", whole[:cut])
		file, err := client.GetAttachmentData(t.Context(), 7)
		if err == nil {
			_, err = io.ReadAll(file)
			file.Close()
		}
		if !errors.Is(err, failure.Integrity) && !errors.Is(err, failure.Protocol) {
			t.Errorf("cut at %d of %d: %v", cut, len(whole), err)
		}
	}
}
