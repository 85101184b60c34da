package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func (f *far) submit(as login, element, name, content string) answer {
	f.t.Helper()
	return f.submitAs(as, element, "", name, content)
}

func (f *far) submitAs(as login, element, typeName, name, content string) answer {
	f.t.Helper()
	block := func(name, text string) string {
		return `<h:` + name + ` xmlns:h="` + nsInbound + `">` + text + `</h:` + name + `>`
	}
	root := envelope(block("AttachmentTypeName", typeName)+block("EndUserSystemReference", "mine")+block("FileName", name)+block("Name", "Vedlegg")+block("ReporteeElementId", element)+
		block("systemPassword", as.password)+block("systemUserName", as.user),
		`<StreamedAttachmentBasicBE xmlns="`+nsInbound+`"><dataStream>`+inPart+`</dataStream></StreamedAttachmentBasicBE>`)
	return f.post(submitPath, submitAction, related, message(root, content))
}

func (f *far) attachment(as login, operation, id string) answer {
	f.t.Helper()
	return f.post(archivePath, "", "text/xml", envelope("", `<`+operation+` xmlns="`+nsArchive+`"><systemUserName>`+as.user+
		`</systemUserName><systemPassword>`+as.password+`</systemPassword><attachmentId>`+id+`</attachmentId></`+operation+`>`))
}

func TestAnAttachmentThereAndBack(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Limits.Attachment = 64 })
	element := f.task()
	receipt := f.submit(asSender, element, "vedlegg.pdf", "%PDF-1.7")
	if receipt.status != http.StatusOK || !strings.Contains(receipt.body, "<ReceiptStatusCode>OK<") {
		t.Fatalf("%d %s", receipt.status, receipt.body)
	}
	id := receipt.between(t, "<ReceiptId>", "<")
	for _, operation := range []string{"GetAttachmentDataStreamedBasic", "GetAttachmentDataBasicStreamed"} { // both orders of the words
		a := f.attachment(asSender, operation, id)
		if a.payload(t) != "%PDF-1.7" || !strings.Contains(a.body, "<"+operation+"Result>") {
			t.Errorf("%s: %s", operation, a.body)
		}
	}
	f.restart()
	if f.attachment(asSender, "GetAttachmentDataStreamedBasic", id).payload(t) != "%PDF-1.7" {
		t.Error("it did not survive a restart")
	}
	if next := f.submit(asSender, element, "b.pdf", "x").between(t, "<ReceiptId>", "<"); next == id {
		t.Errorf("two attachments have the id %s", id)
	}
}

func TestAttachmentChecks(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Limits.Attachment = 64 })
	element := f.task()
	id := f.submit(asSender, element, "a.pdf", "x").between(t, "<ReceiptId>", "<")
	sent := f.task()
	f.complete(asSender, sent).good(t)
	before := len(f.stored())
	for _, c := range []struct {
		name                   string
		as                     login
		element, file, content string
		want                   int
	}{
		{"wrong password", login{"avsender", "x"}, element, "a.pdf", "x", 5},
		{"no element", asSender, "", "a.pdf", "x", 0},
		{"element 0", asSender, "0", "a.pdf", "x", 0},
		{"an element that is no number", asSender, "x", "a.pdf", "x", 0},
		{"an element above int", asSender, "2147483648", "a.pdf", "x", 0},
		{"an element that is not there", asSender, "2147483647", "a.pdf", "x", 14},
		{"somebody else's element", asRecipient, element, "a.pdf", "x", 14},
		{"an archived element", asSender, sent, "a.pdf", "x", 60035},
		{"no name", asSender, element, "", "x", 0},
		{"a colon in the name", asSender, element, "c:a.pdf", "x", 0},
		{"a backslash in the name", asSender, element, `..\a.pdf`, "x", 0},
		{"empty", asSender, element, "a.pdf", "", 40205},
		{"a byte too large", asSender, element, "a.pdf", strings.Repeat("x", 65), 40204},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := f.submit(c.as, c.element, c.file, c.content); a.fault() != c.want {
				t.Errorf("code %d, want %d:\n%s", a.fault(), c.want, a.body)
			}
		})
	}
	if after := f.stored(); len(after) != before {
		t.Errorf("refused attachments left something: %v", after)
	}
	for _, c := range []struct {
		name, id string
		as       login
		want     int
	}{
		{"unknown", strconv.Itoa(1 << 20), asSender, 30007},
		{"no number", "../1", asSender, 0},
		{"somebody else's", id, asRecipient, 30007},
		{"wrong password", id, login{"avsender", ""}, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := f.attachment(c.as, "GetAttachmentDataStreamedBasic", c.id); a.fault() != c.want {
				t.Errorf("code %d, want %d:\n%s", a.fault(), c.want, a.body)
			}
		})
	}
}
