package server_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func TestTheLifeOfAFormTask(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.reference, s.attachments = "forsendelse-1", attached("a.pdf", "", "inni")
	receipt := f.ship(asSender, s).good(t)
	receipt.holds(t, "<SubmitFormTaskBasicResult>", "<ReceiptStatusCode>OK</ReceiptStatusCode>", "<ReceiptTypeName>FormTask</ReceiptTypeName>",
		"<ReceiptHistory/>", "<ParentReceiptId>0</ParentReceiptId>")
	element := receipt.reference(t, "WorkFlowReference")
	if receipt.reference(t, "PartyReference") != sender || receipt.reference(t, "ExternalShipmentReference") != "forsendelse-1" ||
		receipt.reference(t, "EndUserSystemReference") != "skjema-1" {
		t.Error(receipt.body)
	}
	if a := f.archived(asSender, element); a.fault() != 60037 {
		t.Errorf("the archive gives what is filled in: %d %s", a.fault(), a.body)
	}
	streamed := f.submit(asSender, element, "b.zip", "stream").between(t, "<ReceiptId>", "<")
	updated := f.update(asSender, element, "forsendelse-1", formUpdate("1201", "8765", "&lt;melding&gt;Snø&lt;/melding&gt;")).good(t)
	updated.holds(t, ">Form data updated<")
	f.restart()

	done := f.complete(asSender, element).good(t)
	done.holds(t, ">SignAndSend Completed Successfully<", ">OK<", " - OK - Form data updated\n")
	if done.reference(t, "ArchiveReference") != "AR"+element {
		t.Error(done.body)
	}
	for name, a := range map[string]answer{
		"an attachment": f.submit(asSender, element, "c.pdf", "x"),
		"an update":     f.update(asSender, element, "", formUpdate("1201", "8765", "x")),
		"a completion":  f.complete(asSender, element),
	} {
		if a.fault() != 60035 {
			t.Errorf("%s behind the completion: %d %s", name, a.fault(), a.body)
		}
	}
	f.restart()

	archived := f.archived(asSender, element).good(t)
	archived.holds(t, "application_pdf", "application_zip", ">Vedlegg a.pdf<", "&lt;melding&gt;Snø&lt;/melding&gt;",
		">"+sender+"<", ">250301<")
	ids := regexp.MustCompile(`<AttachmentID[^>]*>(\d+)<`).FindAllStringSubmatch(archived.body, -1)
	if len(ids) != 2 || ids[1][1] != streamed {
		t.Fatalf("attachments %v, want two with %s as the second", ids, streamed)
	}
	data := f.withData(asSender, ids[0][1]).good(t)
	data.holds(t, ">"+inline("inni")+"</AttachmentData>", ">a.pdf<", ">ref-a.pdf<")
	if got := f.attachment(asSender, "GetAttachmentDataStreamedBasic", ids[0][1]).payload(t); got != "inni" {
		t.Errorf("streamed: %q", got)
	}
	if a := f.withData(asRecipient, ids[0][1]); a.fault() != 30007 {
		t.Errorf("somebody else's attachment: %d %s", a.fault(), a.body)
	}
	if a := f.archived(asRecipient, element); a.fault() != 14 {
		t.Errorf("somebody else's form task: %d %s", a.fault(), a.body)
	}
	f.ask(asSender, inboundPath, nsForms, "GetAltinnSubmissionStatusBasic", "").good(t).holds(t, "<GetAltinnSubmissionStatusBasicResult>0<")
}

func TestASignedShipmentOfCompletedFormsIsArchivedAtOnce(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.signatures = `<EndUserSystemReference>s</EndUserSystemReference>`
	a := f.ship(asSender, s).good(t)
	a.holds(t, "<ReceiptText>SignAndSend Completed Successfully<")
	f.archived(asSender, a.reference(t, "WorkFlowReference")).good(t)
	s.forms = strings.Replace(s.forms, "true", "false", 1)
	a = f.ship(asSender, s).good(t)
	if b := f.archived(asSender, a.reference(t, "WorkFlowReference")); b.fault() != 60037 {
		t.Errorf("a form that is not completed is archived: %s", b.body)
	}
}

// Who got no answer sends again, perhaps twice at once. One reportee element comes of it.
func TestAShipmentIsOneHoweverOftenItComes(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.reference, s.attachments = "igjen", attached("a.pdf", "", "x")
	const times = 8
	elements := make([]string, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() {
			a, err := f.try(inboundPath, "", "text/xml", strings.NewReader(asking(asSender, nsForms, "SubmitFormTaskBasic", s.xml())))
			if m := regexp.MustCompile(`<ReferenceValue>(\d+)</ReferenceValue><ReferenceTypeName>WorkFlowReference<`).FindStringSubmatch(a.body); err == nil && m != nil {
				elements[i] = m[1]
			}
		})
	}
	all.Wait()
	if slices.Sort(elements); elements[0] == "" || elements[0] != elements[times-1] {
		t.Errorf("elements %v", elements)
	}
	f.restart()
	again := f.ship(asSender, s).good(t)
	again.holds(t, "<ReceiptText>Shipment Already Exists<", "<ReceiptStatusCode>OK<")
	if again.reference(t, "WorkFlowReference") != elements[0] {
		t.Errorf("after a restart: %s", again.body)
	}
	if n := len(f.files("attachments")); n != 2 {
		t.Errorf("%d files of attachments", n)
	}
	s.reference = "en annen"
	if f.ship(asSender, s).good(t).reference(t, "WorkFlowReference") == elements[0] {
		t.Error("another reference gives the same element")
	}
	s.reference = ""
	if first := f.ship(asSender, s).good(t); first.reference(t, "WorkFlowReference") == f.ship(asSender, s).good(t).reference(t, "WorkFlowReference") {
		t.Error("shipments without a reference are taken for one")
	}
}

// files are the names in a directory of the store.
func (f *far) files(dir string) (names []string) {
	f.t.Helper()
	entries, err := os.ReadDir(filepath.Join(f.options.Dir, dir))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestShipmentChecks(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Services = []server.Service{{Code: "4711", Edition: 250301}}
		o.Limits.Attachment = 64
	})
	before := len(f.stored())
	big := strings.Repeat("x", 65)
	for _, c := range []struct {
		name   string
		as     login
		change func(*shipped)
		want   int
	}{
		{"wrong password", login{"avsender", "x"}, func(*shipped) {}, 5},
		{"no reportee", asSender, func(s *shipped) { s.party = "" }, 30001},
		{"another's reportee", asSender, func(s *shipped) { s.party = recipient }, 30001},
		{"no service", asSender, func(s *shipped) { s.code = "" }, 30003},
		{"an unknown service", asSender, func(s *shipped) { s.code = "4712" }, 30003},
		{"no edition", asSender, func(s *shipped) { s.edition = "" }, 30006},
		{"an edition that is no number", asSender, func(s *shipped) { s.edition = "x" }, 0},
		{"no form", asSender, func(s *shipped) { s.forms = "" }, 0},
		{"a form version that is no number", asSender, func(s *shipped) { s.forms = strings.Replace(s.forms, "8765", "v1", 1) }, 0},
		{"a long reference", asSender, func(s *shipped) { s.reference = strings.Repeat("r", 1025) }, 0},
		{"an empty attachment", asSender, func(s *shipped) { s.attachments = attached("a.pdf", "", "") }, 40205},
		{"an attachment without data", asSender, func(s *shipped) { s.attachments = `<Attachment><FileName>a.pdf</FileName></Attachment>` }, 40205},
		{"an attachment without a name", asSender, func(s *shipped) { s.attachments = attached("", "", "x") }, 0},
		{"an attachment with a path", asSender, func(s *shipped) { s.attachments = attached(`c:\a.pdf`, "", "x") }, 0},
		{"a large attachment", asSender, func(s *shipped) { s.attachments = attached("a.pdf", "", big) }, 40204},
		{"too many attachments", asSender, func(s *shipped) { s.attachments = strings.Repeat(attached("a.pdf", "", "x"), 51) }, 0},
		{"what is no base64", asSender, func(s *shipped) {
			s.attachments = attached("a.pdf", "", "x") + `<Attachment><AttachementData>&gt;</AttachementData></Attachment>`
		}, 0},
		{"data outside of an attachment", asSender, func(s *shipped) {
			s.signatures = `<AttachementData>` + inline("x") + `</AttachementData>`
		}, 0},
		{"an attachment that refers to a part", asSender, func(s *shipped) {
			s.attachments = `<Attachment><AttachementData>` + inPart + `</AttachementData></Attachment>`
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := aShipment()
			c.change(&s)
			if a := f.ship(c.as, s); a.fault() != c.want || a.status != http.StatusInternalServerError {
				t.Errorf("code %d, want %d:\n%s", a.fault(), c.want, a.body)
			}
		})
	}
	if after := f.stored(); len(after) != before {
		t.Errorf("refused shipments left something: %v", after)
	}
}

// The attachments in one message have 30 MB together, and go through memory in pieces.
func TestAttachmentsThatAreTooLargeTogether(t *testing.T) {
	f := start(t, nil)
	before := len(f.stored())
	s := aShipment()
	piece := strings.Repeat("x", 10<<20)
	s.attachments = strings.Repeat(attached("a.bin", "", piece), 3)
	f.ship(asSender, s).good(t)
	if n := len(f.files("attachments")); n != 6 {
		t.Errorf("%d files", n)
	}
	stored := len(f.stored())
	s.attachments += attached("b.bin", "", "x")
	if a := f.ship(asSender, s); a.fault() != 40204 {
		t.Errorf("%d %.500s", a.fault(), a.body)
	}
	if after := f.stored(); len(after) != stored || stored == before {
		t.Errorf("a refused shipment left something: %v", after)
	}
}

func TestUpdateChecks(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.reference = "min"
	element := f.ship(asSender, s).reference(t, "WorkFlowReference")
	good := formUpdate("1201", "8765", "nytt")
	half := strings.Repeat("x", 600<<10)
	for _, c := range []struct {
		name                        string
		as                          login
		element, reference, changes string
		want                        int
	}{
		{"no element", asSender, "", "", good, 0},
		{"an unknown element", asSender, "999", "", good, 14},
		{"somebody else's element", asRecipient, element, "", good, 14},
		{"another reference", asSender, element, "din", good, 0},
		{"an unknown form", asSender, element, "", formUpdate("1202", "8765", "x"), 0},
		{"an unknown version", asSender, element, "", formUpdate("1201", "1", "x"), 0},
		{"a good one and an unknown one", asSender, element, "", good + formUpdate("1", "1", "x"), 0},
		{"a good one", asSender, element, "min", good, -1},
		{"much", asSender, element, "min", formUpdate("1201", "8765", half), -1},
	} {
		if a := f.update(c.as, c.element, c.reference, c.changes); a.fault() != c.want {
			t.Errorf("%s: code %d, want %d: %.300s", c.name, a.fault(), c.want, a.body)
		}
	}
	if forms := f.files("formtasks"); !slices.Equal(forms, []string{element + "-2.forms", element + ".json"}) {
		t.Errorf("files %v", forms)
	}
	s.reference, s.forms = "to", s.forms+strings.Replace(s.forms, "1201", "1301", 1)
	element = f.ship(asSender, s).reference(t, "WorkFlowReference")
	f.update(asSender, element, "", formUpdate("1201", "8765", half)).good(t)
	if a := f.update(asSender, element, "", formUpdate("1301", "8765", half)); a.fault() != 40204 {
		t.Errorf("more forms than an answer can hold: %d %.300s", a.fault(), a.body)
	}
}

// An attachment that is under way when its form task is completed comes too late.
func TestAnAttachmentBehindTheCompletion(t *testing.T) {
	f := start(t, nil)
	element := f.task()
	block := func(name, text string) string {
		return `<` + name + ` xmlns="` + nsInbound + `">` + text + `</` + name + `>`
	}
	whole := message(envelope(block("FileName", "a.pdf")+block("ReporteeElementId", element)+block("systemPassword", asSender.password)+
		block("systemUserName", asSender.user), `<StreamedAttachmentBasicBE xmlns="`+nsInbound+`"><dataStream>`+inPart+`</dataStream></StreamedAttachmentBasicBE>`),
		"begynner")
	body, rest := io.Pipe()
	ended := make(chan answer)
	go func() {
		a, _ := f.try(submitPath, submitAction, related, body)
		ended <- a
	}()
	middle := len(whole) - 80
	io.WriteString(rest, whole[:middle])
	f.until("the attachment has begun", func() bool { return len(f.files("attachments")) > 0 })
	f.complete(asSender, element).good(t)
	io.WriteString(rest, whole[middle:])
	rest.Close()
	if a := <-ended; a.fault() != 60035 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if left := f.files("attachments"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What a crash leaves of a shipment was acknowledged to nobody.
func TestWhatACrashLeavesOfAFormTask(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.attachments = attached("a.pdf", "", "x")
	kept := f.ship(asSender, s).reference(t, "WorkFlowReference")
	f.submit(asSender, kept, "b.pdf", "y").good(t)
	good := f.stored()
	lost := f.ship(asSender, s).reference(t, "WorkFlowReference")
	f.close()
	dir := filepath.Join(f.options.Dir, "formtasks")
	if err := os.Remove(filepath.Join(dir, lost+".json")); err != nil { // the last that is written
		t.Fatal(err)
	}
	for _, name := range []string{kept + "-7.forms", ".x.forms.ABCDEFGHIJKLMNOP.part"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.open()
	if after := f.stored(); !slices.Equal(after, good) {
		t.Errorf("the store has\n%v\ninstead of\n%v", after, good)
	}
	if a := f.submit(asSender, lost, "b.pdf", "y"); a.fault() != 14 {
		t.Errorf("the lost form task is there: %s", a.body)
	}
	f.complete(asSender, kept).good(t)
	f.archived(asSender, kept).good(t).holds(t, ">Vedlegg a.pdf<", ">Vedlegg<")
}

func TestARecordOfAFormTaskThatCannotBeWritten(t *testing.T) {
	f := start(t, nil)
	element := f.task()
	receipt := f.receipt(asSender, "", "EndUserSystemReference", "skjema-1").receiptID(t)
	record := filepath.Join("formtasks", element+".json")
	for name, try := range map[string]func() answer{
		"update": func() answer { return f.update(asSender, element, "", formUpdate("1201", "8765", "x")) },
		"write": func() answer {
			return f.write(asSender, `<ReceiptId>`+receipt+`</ReceiptId><ReceiptStatus>OK</ReceiptStatus><ReceiptText>x</ReceiptText>`)
		},
		"complete": func() answer { return f.complete(asSender, element) },
	} {
		unblock := f.block(record)
		if a := try(); a.status != http.StatusInternalServerError || !strings.Contains(a.body, "<faultcode>s:Server<") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		unblock()
		if name == "complete" {
			f.restart()
		}
	}
	f.receipt(asSender, receipt, "", "").good(t).holds(t, ">FormTaskShipment Data is sent to FormTask for Instantiating<")
	f.complete(asSender, element).good(t)

	before := f.stored()
	s := aShipment()
	s.attachments = attached("a.pdf", "", "x")
	next := 1 + atoi(receipt) + 100
	for id := atoi(receipt); id < next; id++ { // whichever number it gets
		path := filepath.Join("formtasks", fmt.Sprint(id, ".json"))
		if fmt.Sprint(id) != element {
			f.block(path)
		}
	}
	if a := f.ship(asSender, s); a.status != http.StatusInternalServerError {
		t.Errorf("%d %s", a.status, a.body)
	}
	if after := f.stored(); !slices.Equal(after, before) {
		t.Errorf("a form task without a record left something: %v", after)
	}
}
