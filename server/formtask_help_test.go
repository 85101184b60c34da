package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	inboundPath   = "/IntermediaryExternal/IntermediaryInboundBasic.svc"
	receiptPath   = "/IntermediaryExternal/ReceiptExternalBasic.svc"
	archivedPath  = "/ArchiveExternal/ReporteeArchiveExternalBasic.svc"
	challengePath = "/AuthenticationExternal/SystemAuthentication.svc"

	nsForms     = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2009/10"
	nsReceipt   = "http://www.altinn.no/services/Intermediary/Receipt/2009/10"
	nsArchived  = "http://www.altinn.no/services/Archive/ReporteeArchive/2009/10"
	nsChallenge = "http://www.altinn.no/services/Authentication/SystemAuthentication/2009/10"

	receiptData = "http://schemas.altinn.no/services/Intermediary/Receipt/2015/06"
	oldReceipts = "http://schemas.altinn.no/services/Intermediary/Receipt/2009/10"
	updateData  = "http://schemas.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2018/06"
)

// ask calls an operation of a Basic endpoint, found by the element of its body.
func (f *far) ask(as login, path, namespace, name, parameters string) answer {
	f.t.Helper()
	return f.post(path, "", "text/xml", asking(as, namespace, name, parameters))
}

func asking(as login, namespace, name, parameters string) string {
	return envelope("", `<`+name+` xmlns="`+namespace+`"><systemUserName>`+as.user+`</systemUserName><systemPassword>`+as.password+
		`</systemPassword>`+parameters+`</`+name+`>`)
}

// shipped is a shipment of forms: a good one, that a test changes.
type shipped struct {
	party, reference, code, edition, forms, attachments, signatures string
}

func aShipment() shipped {
	return shipped{
		party: sender, code: "4711", edition: "250301",
		forms: `<Form><Completed>true</Completed><DataFormatId>1201</DataFormatId><DataFormatVersion>8765</DataFormatVersion>` +
			`<EndUserSystemReference>skjema-1</EndUserSystemReference><ParentReference>0</ParentReference>` +
			`<FormData><![CDATA[<melding>Været er bra</melding>]]></FormData></Form>`,
	}
}

func (s shipped) xml() string {
	wrap := func(name, content string) string {
		if content == "" {
			return ""
		}
		return "<" + name + ">" + content + "</" + name + ">"
	}
	return `<formTaskShipment>` + wrap("Reportee", s.party) + wrap("ExternalShipmentReference", s.reference) +
		`<FormTasks>` + wrap("ServiceCode", s.code) + wrap("ServiceEdition", s.edition) + wrap("Forms", s.forms) + `</FormTasks>` +
		wrap("Attachments", s.attachments) + wrap("Signatures", s.signatures) + `</formTaskShipment>`
}

// attached is an attachment within a shipment.
func attached(name, typeName, content string) string {
	return `<Attachment><Name>Vedlegg ` + name + `</Name><EndUserSystemReference>ref-` + name + `</EndUserSystemReference><FileName>` + name +
		`</FileName><Encrypted>false</Encrypted><AttachementData>` + inline(content) + `</AttachementData><AttachmentTypeName>` + typeName +
		`</AttachmentTypeName></Attachment>`
}

func (f *far) ship(as login, s shipped) answer {
	f.t.Helper()
	return f.ask(as, inboundPath, nsForms, "SubmitFormTaskBasic", s.xml())
}

// task is the number of a new form task of the sender's, as WorkFlowReference.
func (f *far) task() string {
	f.t.Helper()
	return f.ship(asSender, aShipment()).reference(f.t, "WorkFlowReference")
}

// reference is a reference in a receipt of any type.
func (a answer) reference(t *testing.T, kind string) string {
	t.Helper()
	for _, one := range regexp.MustCompile(`(?s)<(Reference|ReferenceBE)[ >].*?</(Reference|ReferenceBE)>`).FindAllString(a.body, -1) {
		if strings.Contains(one, ">"+kind+"<") {
			return answer{body: one}.between(t, "<ReferenceValue>", "</")
		}
	}
	t.Fatalf("no %s in %d %s", kind, a.status, a.body)
	return ""
}

func (f *far) complete(as login, element string) answer {
	f.t.Helper()
	return f.ask(as, inboundPath, nsForms, "CompleteAndSignShipmentBasic", `<reporteeElementId>`+element+`</reporteeElementId>`)
}

func (f *far) update(as login, element, reference, changes string) answer {
	f.t.Helper()
	return f.ask(as, inboundPath, nsForms, "UpdateFormDataBasic", `<formTaskUpdate xmlns:u="`+updateData+`"><u:ExternalShipmentReference>`+reference+
		`</u:ExternalShipmentReference><u:FormUpdateList>`+changes+`</u:FormUpdateList><u:ReporteeElementId>`+element+`</u:ReporteeElementId></formTaskUpdate>`)
}

func formUpdate(format, version, data string) string {
	return `<u:FormUpdate><u:DataFormatId>` + format + `</u:DataFormatId><u:DataFormatVersion>` + version +
		`</u:DataFormatVersion><u:EndUserSystemReference/><u:FormData>` + data + `</u:FormData></u:FormUpdate>`
}

func (f *far) archived(as login, element string) answer {
	f.t.Helper()
	return f.ask(as, archivedPath, nsArchived, "GetArchivedFormTaskBasicV2", `<reporteeElementId>`+element+`</reporteeElementId>`)
}

func (f *far) withData(as login, id string) answer {
	f.t.Helper()
	return f.ask(as, archivedPath, nsArchived, "GetAttachmentDataBasicV2", `<attachmentId>`+id+`</attachmentId>`)
}

// receipt asks for one by its number, or by a reference where kind is not "".
func (f *far) receipt(as login, id, kind, value string) answer {
	f.t.Helper()
	asked := `<r:ReceiptId>` + id + `</r:ReceiptId>`
	if kind != "" {
		asked = `<r:References><r:Reference><r:ReferenceType>` + kind + `</r:ReferenceType><r:ReferenceValue>` + value + `</r:ReferenceValue></r:Reference></r:References>`
	}
	return f.ask(as, receiptPath, nsReceipt, "GetReceiptBasicV2", `<receipt xmlns:r="`+receiptData+`">`+asked+`</receipt>`)
}

func (f *far) receipts(as login, kind, from, to string) answer {
	f.t.Helper()
	parameters := ""
	for _, p := range [][2]string{{"receiptTypeName", kind}, {"dateFrom", from}, {"dateTo", to}} {
		if p[1] != "" {
			parameters += fmt.Sprintf("<%s>%s</%[1]s>", p[0], p[1])
		}
	}
	return f.ask(as, receiptPath, nsReceipt, "GetReceiptListBasicV2", parameters)
}

func (f *far) write(as login, members string) answer {
	f.t.Helper()
	return f.ask(as, receiptPath, nsReceipt, "UpdateReceiptBasic", asReceipt(receiptData, members))
}

// asReceipt is a parameter with members of another namespace.
func asReceipt(namespace, members string) string {
	return `<receipt xmlns:r="` + namespace + `">` + regexp.MustCompile(`<(/?)`).ReplaceAllString(members, "<${1}r:") + `</receipt>`
}

func (a answer) good(t *testing.T) answer {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return a
}

func (a answer) holds(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("no %s in %d %s", part, a.status, a.body)
		}
	}
}

// receiptID is the number of the first receipt in an answer, of those that have a namespace of their own.
func (a answer) receiptID(t *testing.T) string {
	t.Helper()
	_, rest, _ := strings.Cut(a.body, "<ReceiptId ")
	return answer{body: rest}.between(t, ">", "<")
}

// until waits for something to come true.
func (f *far) until(what string, true func() bool) {
	f.t.Helper()
	for end := time.Now().Add(10 * time.Second); !true(); runtime.Gosched() {
		if time.Now().After(end) {
			f.t.Fatalf("not so after 10 s: %s", what)
		}
	}
}
