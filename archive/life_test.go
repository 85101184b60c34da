package archive_test

import (
	"io"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/google/go-cmp/cmp"
)

var person = archive.User{
	SSN: "USER-SSN", Password: binding.Literal("USER-PASSWORD"), PinCode: binding.Literal("USER-PIN"), AuthMethod: "SMSPin",
}

// norwegian is a time of the messages in testdata, all of them in summer.
func norwegian(hour, minute, second, millisecond int) time.Time {
	return time.Date(2025, time.September, 3, hour, minute, second, millisecond*1e6, time.FixedZone("", 2*60*60))
}

// TestEveryOperationAsksAndReadsAsWritten holds the client to messages written by hand: what it sends, and what it makes of
// an answer as WCF writes it.
func TestEveryOperationAsksAndReadsAsWritten(t *testing.T) {
	shipmentReference := archive.Reference{Type: archive.ExternalShipmentReference, Value: "aarsoppgave-2025-4"}
	found := &archive.ReceiptTree{
		Receipt: archive.Receipt{
			ID: 13570100, Status: "ValidationFailed", Type: "FormTask", Text: "A form is not valid", LastChanged: "2025-09-03T07:20:31.9",
		},
		References:  []archive.Reference{shipmentReference},
		SubReceipts: []*archive.ReceiptTree{{Receipt: archive.Receipt{ID: 13570101, Status: "Rejected", Type: "FormTask"}}},
	}
	for name, test := range map[string]struct {
		request, response string
		call              func(*archive.Client) (any, error)
		want              any
	}{
		"SubmitFormTask": {
			"formtask", "formtask", func(c *archive.Client) (any, error) {
				return c.SubmitFormTask(t.Context(), archive.Shipment{
					Reportee: "910075918", ExternalReference: "aarsoppgave-2025-4", ServiceCode: "4711", Edition: 250301,
					Forms: []archive.Form{
						{DataFormat: "5120", Version: 41201, Reference: "skjema-1", Data: `<melding navn="Å & Ø"/>`},
						{DataFormat: "5121", Version: 41207, Parent: 1, Data: `<bilag/>`, Completed: true},
					},
					Signature:        &archive.Signature{UserID: "kari", Signed: norwegian(7, 5, 30, 0), Version: "3.14"},
					SignaturesNeeded: 2, CaseID: 5550, User: person,
				})
			},
			&archive.ReceiptTree{
				Receipt: archive.Receipt{
					ID: 13570100, Status: "OK", Type: "FormTask", Text: "Form task & forms taken in", LastChanged: "2025-09-03T07:10:44.217",
				},
				References: []archive.Reference{shipmentReference, {Type: archive.PartyReference, Value: "910075918"}},
				SubReceipts: []*archive.ReceiptTree{{
					Receipt: archive.Receipt{
						ID: 13570101, ParentID: 13570100, Status: "OK", Type: "FormTask", Text: "Instantiated", LastChanged: "2025-09-03T07:10:45",
					},
					References: []archive.Reference{{Type: archive.WorkFlowReference, Value: "8012345"}},
				}},
			},
		},
		"UpdateFormData": {
			"update", "update", func(c *archive.Client) (any, error) {
				return c.UpdateFormData(t.Context(), archive.FormUpdate{
					ReporteeElement: 8012345, ExternalReference: "aarsoppgave-2025-4",
					Forms: []archive.Form{{DataFormat: "5120", Version: 41201, Data: `<melding navn="ny"/>`, ID: 77001}},
				})
			},
			&archive.ReceiptTree{Receipt: archive.Receipt{
				ID: 13570102, Status: "OK", Type: "FormTask", Text: "Forms replaced", LastChanged: "2025-09-03T07:12:00",
			}},
		},
		"CompleteAndSignShipment": {
			"complete", "complete", func(c *archive.Client) (any, error) {
				return c.CompleteAndSignShipment(t.Context(), archive.Completion{
					ReporteeElement: 8012345, Language: 1044, User: person, Signature: &archive.Signature{
						Reference: "aarsoppgave-2025-4", UserID: "kari", LogID: "logg-9", Version: "3.14", Login: norwegian(7, 1, 0, 0),
					},
				})
			},
			&archive.ReceiptTree{
				Receipt: archive.Receipt{
					ID: 13570103, Status: "OK", Type: "FormTask", Text: "Completed and signed", LastChanged: "2025-09-03T07:20:31.9",
					History: "Sep  3 2025 07:10AM - OK - Instantiated",
				},
				References: []archive.Reference{{Type: archive.ArchiveReference, Value: "AR8012345"}},
			},
		},
		"GetAltinnSubmissionStatus": {
			"status", "status", func(c *archive.Client) (any, error) { return c.GetAltinnSubmissionStatus(t.Context()) },
			7 * time.Minute,
		},
		"GetReceiptV2 by number": {
			"receipt-by-id", "receipt", func(c *archive.Client) (any, error) {
				return c.GetReceipt(t.Context(), archive.ReceiptQuery{ID: 13570100})
			},
			found,
		},
		"GetReceiptV2 by reference": {
			"receipt-by-reference", "receipt", func(c *archive.Client) (any, error) {
				return c.GetReceipt(t.Context(), archive.ReceiptQuery{Reference: shipmentReference})
			},
			found,
		},
		"GetReceiptListV2": {
			"receipts", "receipts", func(c *archive.Client) (any, error) {
				return c.GetReceiptList(t.Context(), archive.ReceiptListQuery{Type: "FormTask", From: norwegian(0, 0, 0, 0)})
			},
			[]*archive.ReceiptTree{
				{
					Receipt:     archive.Receipt{ID: 13570100, Status: "OK", Type: "FormTask"},
					SubReceipts: []*archive.ReceiptTree{{Receipt: archive.Receipt{ID: 13570101, Status: "Rejected"}}},
				},
				{Receipt: archive.Receipt{ID: 13570102}},
			},
		},
		"UpdateReceipt": {
			"written", "written", func(c *archive.Client) (any, error) {
				return c.UpdateReceipt(t.Context(), archive.ReceiptUpdate{ArchiveReference: "AR8012345", Status: "Rejected", Text: "page 3 is missing"})
			},
			&archive.ReceiptTree{Receipt: archive.Receipt{
				ID: 13570103, Status: "Rejected", Type: "FormTask", Text: "Receipt updated by EndUserSystem: 412. page 3 is missing",
				History: "Sep  3 2025 07:20AM - OK - Completed and signed", LastChanged: "2025-09-03T09:00:00",
			}},
		},
		"GetArchivedFormTaskV2": {
			"archived", "archived", func(c *archive.Client) (any, error) { return c.GetArchivedFormTask(t.Context(), 8012345) },
			&archive.ArchivedFormTask{
				ReporteeElement: 8012345, Reportee: "910075918", ServiceOwner: "Testetaten", ServiceCode: "4711", Edition: 250301,
				Archived: norwegian(7, 20, 31, 900),
				Forms: []archive.ArchivedForm{{
					ID: 77001, Name: "Årsoppgave", DataFormat: "5120", Version: 41201, Data: `<melding navn="Å &amp; Ø"/>`,
				}},
				Attachments: []archive.AttachmentInfo{
					{ID: 190017, Name: "Bilag nr. 17", Type: "application_pdf", Created: norwegian(7, 15, 9, 0), Encrypted: true},
					{ID: 190018},
				},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBindings(t, test.response, "testdata/", func(t *testing.T, client *archive.Client, far *wiretest.Far, files string) {
				got, err := test.call(client)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(wiretest.Request(t, files+test.request+"-request.http"), far.Asked()); diff != "" {
					t.Errorf("request (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAQuestionForACodeAsksAndReadsAsWritten(t *testing.T) {
	client, far := replay(t, "challenge-response.http")
	got, err := client.GetAuthenticationChallenge(t.Context(), "SYSTEM-ID", person)
	want := &archive.Challenge{
		Status: "Ok", Message: "A code was sent to the number that ends in 42",
		ValidFrom: norwegian(7, 0, 0, 0), ValidTo: norwegian(7, 30, 0, 0),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v; challenge (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(wiretest.Request(t, "testdata/challenge-request.http"), far.Asked()); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestAnAttachmentInTheAnswerAsksAndReadsAsWritten(t *testing.T) {
	inBindings(t, "data", "testdata/", func(t *testing.T, client *archive.Client, far *wiretest.Far, files string) {
		file, err := client.GetAttachmentData(t.Context(), 190017)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := archive.InfoOf(file); err == nil {
			t.Error("something is told of the attachment before its end")
		}
		if content, err := io.ReadAll(file); err != nil || string(content) != tinyPDF {
			t.Errorf("got %q, %v", content, err)
		}
		info, err := archive.InfoOf(file)
		want := archive.AttachmentInfo{
			ID: 190017, Name: "Bilag nr. 17", FileName: "bilag.pdf", Type: "application_pdf", Created: norwegian(7, 15, 9, 0),
			Reference: "bilag-17", ReporteeElement: 8012345,
		}
		if diff := cmp.Diff(want, info); diff != "" || err != nil {
			t.Errorf("%v; info (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff(wiretest.Request(t, files+"data-request.http"), far.Asked()); diff != "" {
			t.Errorf("request (-want +got):\n%s", diff)
		}
	})
}
