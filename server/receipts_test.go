package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

const (
	sentText    = "Upload of file file.zip was successful. Recipients can now download the file."
	waitingText = "A file has been made available for download."
	takenText   = "File has been downloaded by the recipient."
)

func TestTheReceiptsOfABrokerFile(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	main := f.upload(reference, emptyZIP).between(t, "<ReceiptId>", "<")
	sub := f.available(asRecipient, recipient, "Uploaded").between(t, "<a:ReceiptID>", "<")

	whole := f.receipt(asSender, main, "", "").good(t)
	whole.holds(t, sentText, waitingText, ">BrokerService<", ">"+sub+"<")
	if whole.receiptID(t) != main || whole.reference(t, "SendersReference") != "ref-1" || whole.reference(t, "PartyReference") != sender {
		t.Error(whole.body)
	}
	for _, found := range []answer{f.receipt(asSender, "", "SendersReference", "ref-1"), f.receipt(asSender, "", "OutboundShipmentReference", reference)} {
		if found.receiptID(t) != main {
			t.Errorf("found by a reference: %s", found.body)
		}
	}
	if a := f.receipt(asRecipient, main, "", ""); a.fault() != 30008 {
		t.Errorf("the recipient sees the sender's receipt: %s", a.body)
	}
	own := f.receipt(asRecipient, sub, "", "").good(t)
	if strings.Contains(own.body, sentText) || !strings.Contains(own.body, ">"+main+"</ParentReceiptId>") {
		t.Error(own.body)
	}

	f.write(asRecipient, `<ReceiptId>`+sub+`</ReceiptId><ReceiptStatus>ValidationFailed</ReceiptStatus><ReceiptText>Fil 2 mangler</ReceiptText>`).good(t).
		holds(t, ">Receipt updated by EndUserSystem: mottaker. Fil 2 mangler<", " - OK - "+waitingText)
	f.call(asRecipient, "ConfirmDownloadedBasic", references(reference, recipient)).good(t)
	f.restart()
	told := f.receipt(asSender, sub, "", "").good(t)
	told.holds(t, ">"+takenText+"<", ">OK<")
	history := told.between(t, "<ReceiptHistory xmlns=\""+receiptData+"\">", "</")
	when := regexp.MustCompile(`^[A-Z][a-z][a-z] [ \d]\d \d{4} [ \d]\d:\d\d[AP]M - `)
	lines := strings.Split(history, "\n")
	if len(lines) != 2 || !when.MatchString(lines[0]) || !strings.HasSuffix(lines[0], " - ValidationFailed - Receipt updated by EndUserSystem: mottaker. Fil 2 mangler") ||
		!strings.HasSuffix(lines[1], " - OK - "+waitingText) {
		t.Errorf("history %q", history)
	}
	f.write(asSender, `<ReceiptId>`+main+`</ReceiptId><ReceiptStatus>OK</ReceiptStatus><ReceiptText>Ferdig</ReceiptText>`).good(t).
		holds(t, "Receipt updated by EndUserSystem: avsender. Ferdig", sentText)
}

func TestTheOlderReceiptOperations(t *testing.T) {
	f := start(t, nil)
	main := f.upload(f.initiate(), emptyZIP).between(t, "<ReceiptId>", "<")
	element := f.task()
	asked := func(name, members string) answer {
		return f.ask(asSender, receiptPath, nsReceipt, name, asReceipt(oldReceipts, members))
	}
	asked("GetReceiptBasic", `<ReceiptId>`+main+`</ReceiptId>`).good(t).holds(t, "<ReceiptStatusCode", ">Outbound<", sentText)
	found := asked("GetReceiptBasic", `<References><Reference><ReferenceTypeName>EndUserSystemReference</ReferenceTypeName>`+
		`<ReferenceValue>skjema-1</ReferenceValue></Reference></References>`).good(t)
	if found.reference(t, "WorkFlowReference") != element {
		t.Error(found.body)
	}
	asked("SaveReceiptBasic", `<ReceiptId>`+found.receiptID(t)+`</ReceiptId><ReceiptStatusCode>Rejected</ReceiptStatusCode><ReceiptText>nei</ReceiptText>`).good(t).
		holds(t, ">Rejected<", "EndUserSystem: avsender. nei")
	list := f.ask(asSender, receiptPath, nsReceipt, "GetReceiptListBasic", `<receiptTypeName>FormTask</receiptTypeName>`).good(t)
	if strings.Count(list.body, "<ReceiptExternal ") != 1 {
		t.Error(list.body)
	}
}

func TestReceiptChecks(t *testing.T) {
	f := start(t, nil)
	broker := f.upload(f.initiate(), emptyZIP).between(t, "<ReceiptId>", "<")
	s := aShipment()
	s.reference = "min"
	task := f.ship(asSender, s).good(t).between(t, "<ReceiptId>", "<")
	id := func(s string) string { return `<ReceiptId>` + s + `</ReceiptId>` }
	const says = `<ReceiptStatus>OK</ReceiptStatus><ReceiptText>x</ReceiptText>`
	for _, c := range []struct {
		name string
		got  answer
		want int
	}{
		{"an unknown number", f.receipt(asSender, "99999", "", ""), 30008},
		{"what is no number", f.receipt(asSender, "x", "", ""), 0},
		{"nothing to search for", f.receipt(asSender, "0", "", ""), 30008},
		{"an unknown reference", f.receipt(asSender, "", "SendersReference", "x"), 30008},
		{"a reference of another kind", f.receipt(asSender, "", "SendersReference", "min"), 30008},
		{"a kind that is not searched for", f.receipt(asSender, "", "PartyReference", sender), 30008},
		{"somebody else's", f.receipt(asRecipient, task, "", ""), 30008},
		{"somebody else's reference", f.receipt(asRecipient, "", "ExternalShipmentReference", "min"), 30008},
		{"wrong password", f.receipt(login{"avsender", "x"}, task, "", ""), 5},

		{"a list of no kind", f.receipts(asSender, "", "", ""), 30101},
		{"a list of the kind NotSet", f.receipts(asSender, "NotSet", "", ""), 30101},
		{"a period that ends before it begins", f.receipts(asSender, "FormTask", "2026-02-01", "2026-01-31T23:59:59"), 30102},
		{"a date that is none", f.receipts(asSender, "FormTask", "soon", ""), 0},

		{"update: an unknown number", f.write(asSender, id("99999")+says), 30008},
		{"update: an unknown archive reference", f.write(asSender, `<ArchiveReference>AR1</ArchiveReference>`+says), 30008},
		{"update: nothing", f.write(asSender, says), 0},
		{"update: both", f.write(asSender, `<ArchiveReference>AR1</ArchiveReference>`+id(task)+says), 0},
		{"update: somebody else's", f.write(asRecipient, id(task)+says), 0},
		{"update: the sender's", f.write(asRecipient, id(broker)+says), 0},
		{"update: no status", f.write(asSender, id(task)+`<ReceiptText>x</ReceiptText>`), 0},
		{"update: a long text", f.write(asSender, id(task)+`<ReceiptStatus>OK</ReceiptStatus><ReceiptText>`+strings.Repeat("x", 1025)+`</ReceiptText>`), 0},
		{"update: receipts below", f.write(asSender, id(task)+says+`<SubReceipts><ReceiptSave>`+says+`</ReceiptSave></SubReceipts>`), 0},
	} {
		if c.got.fault() != c.want {
			t.Errorf("%s: code %d, want %d:\n%s", c.name, c.got.fault(), c.want, c.got.body)
		}
	}
}

func TestTheReceiptsOfAFormTask(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.reference = "min"
	first := f.ship(asSender, s).good(t)
	element := first.reference(t, "WorkFlowReference")
	streamed := f.submit(asSender, element, "a.pdf", "x").good(t)
	if streamed.between(t, "<ParentReceiptId>", "<") != first.between(t, "<ReceiptId>", "<") {
		t.Error(streamed.body)
	}
	attachment := streamed.between(t, "<ReceiptId>", "<")
	f.receipt(asSender, attachment, "", "").good(t).holds(t, ">Attachment received<", ">mine<")
	f.receipt(asSender, "", "ExternalShipmentReference", "min").good(t).holds(t, "<SubReceipts", ">"+attachment+"<")
	if a := f.write(asSender, `<ReceiptId>`+attachment+`</ReceiptId><ReceiptStatus>OK</ReceiptStatus><ReceiptText>x</ReceiptText>`); a.fault() != 0 {
		t.Errorf("the receipt of an attachment was written into: %s", a.body)
	}
	f.complete(asSender, element).good(t)
	f.write(asSender, `<ArchiveReference>AR`+element+`</ArchiveReference><ReceiptStatus>OK</ReceiptStatus><ReceiptText>lest</ReceiptText>`).good(t)
	f.restart()
	a := f.receipt(asSender, "", "ArchiveReference", "AR"+element).good(t)
	a.holds(t, "EndUserSystem: avsender. lest", " - OK - SignAndSend Completed Successfully\n")
	if a.receiptID(t) != first.between(t, "<ReceiptId>", "<") {
		t.Errorf("the receipt is another after the completion: %s", a.body)
	}
}

func TestAListOfReceipts(t *testing.T) {
	f := start(t, nil)
	f.close()
	const sent = 1003
	f.fillReceipts(sent)
	f.open()
	task := f.ship(asSender, aShipment()).good(t).between(t, "<ReceiptId>", "<")
	below := regexp.MustCompile(`<SubReceipts>.*?</SubReceipts>`)
	ids := func(a answer) (all []string) {
		for _, m := range regexp.MustCompile(`<Receipt[^A-Za-z].*?<ReceiptId>(\d+)<`).FindAllStringSubmatch(below.ReplaceAllString(a.good(t).body, ""), -1) {
			all = append(all, m[1])
		}
		return all
	}
	if got := ids(f.receipts(asSender, "FormTask", "", "")); len(got) != 1 || got[0] != task {
		t.Errorf("form tasks: %v", got)
	}
	if got := ids(f.receipts(asSender, "Correspondence", "", "")); got != nil {
		t.Errorf("correspondence: %v", got)
	}
	all := ids(f.receipts(asSender, "BrokerService", "", ""))
	if len(all) != 1000 || all[0] != "1" {
		t.Errorf("%d receipts, from %s", len(all), all[0])
	}
	tomorrow, yesterday := time.Now().AddDate(0, 0, 1).Format(time.DateOnly), time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	for _, c := range []struct {
		from, to string
		want     int
	}{{yesterday, tomorrow, 1}, {tomorrow, "", 0}, {"", yesterday, 0}, {yesterday, "", 1}, {"", tomorrow, 1}} {
		if got := ids(f.receipts(asSender, "FormTask", c.from, c.to)); len(got) != c.want {
			t.Errorf("from %q to %q: %v", c.from, c.to, got)
		}
	}
	if got := ids(f.receipts(asRecipient, "BrokerService", "", "")); len(got) != 1000 || got[0] != "2" {
		t.Errorf("the recipient's: %d", len(got))
	}
}

// fillReceipts puts uploaded shipments into the store, with receipts 1 and 2, 3 and 4 and so on.
func (f *far) fillReceipts(n int) {
	f.t.Helper()
	dir := filepath.Join(f.options.Dir, "broker")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		f.t.Fatal(err)
	}
	at := time.Now().UTC().Format(time.RFC3339)
	for i := range n {
		record := fmt.Sprintf(`{"Reference":"%s","Service":{"Code":"4192","Edition":1},"Sender":"%s","SendersReference":"%d","Recipients":[{"Party":"%s","Receipt":%d}],`+
			`"Initiated":"%s","Upload":{"FileName":"a.zip","Size":2,"Receipt":%d,"At":"%[6]s"}}`, numbered(i), sender, i, recipient, 2*i+2, at, 2*i+1)
		if err := os.WriteFile(filepath.Join(dir, numbered(i)+".json"), []byte(record), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

// A receipt that is written into again and again keeps its size.
func TestAHistoryIsBounded(t *testing.T) {
	f := start(t, nil)
	id := f.ship(asSender, aShipment()).good(t).between(t, "<ReceiptId>", "<")
	var last answer
	for i := range 55 {
		last = f.write(asSender, fmt.Sprintf(`<ReceiptId>%s</ReceiptId><ReceiptStatus>OK</ReceiptStatus><ReceiptText>tekst %d
av to linjer</ReceiptText>`, id, i)).good(t)
	}
	history := strings.Split(last.between(t, "<ReceiptHistory xmlns=\""+receiptData+"\">", "</"), "\n")
	if len(history) != 50 || !strings.HasSuffix(history[0], "avsender. tekst 53 av to linjer") || !strings.HasSuffix(history[49], "tekst 4 av to linjer") {
		t.Errorf("%d lines: %q", len(history), history)
	}
}

// One of several recipients sees its own receipt alone, by whatever it asks.
func TestReceiptsOfSeveralRecipients(t *testing.T) {
	const third = "910824929"
	f := start(t, func(o *server.Options) {
		o.Users = append(o.Users, server.User{
			Name: "tredje", PasswordHash: server.DemoUsers()[1].PasswordHash, Rights: []server.Right{{Party: third, Receive: true}},
		})
	})
	reference := f.call(asSender, "InitiateBrokerServiceBasic", initiation("4192", "1", sender, "ref-2", recipient, third)).good(t).
		between(t, "<InitiateBrokerServiceBasicResult>", "<")
	main := f.upload(reference, emptyZIP).between(t, "<ReceiptId>", "<")
	asThird := login{"tredje", asRecipient.password}
	own, theirs := f.receipt(asRecipient, "", "SendersReference", "ref-2").good(t), f.receipt(asThird, "", "SendersReference", "ref-2").good(t)
	if own.reference(t, "PartyReference") != recipient || theirs.reference(t, "PartyReference") != third {
		t.Errorf("%s\n%s", own.body, theirs.body)
	}
	if a := f.receipt(asThird, own.receiptID(t), "", ""); a.fault() != 30008 {
		t.Errorf("another recipient's receipt: %s", a.body)
	}
	if list := f.receipts(asThird, "BrokerService", "", "").good(t); strings.Contains(list.body, recipient) || !strings.Contains(list.body, third) {
		t.Error(list.body)
	}
	f.receipt(asSender, main, "", "").good(t).holds(t, ">"+recipient+"<", ">"+third+"<")
}

func TestAttachmentsAreListedInTheirOrder(t *testing.T) {
	f := start(t, nil)
	element := f.task()
	var want []string
	for range 12 {
		want = append(want, f.submit(asSender, element, "a.pdf", "x").good(t).between(t, "<ReceiptId>", "<"))
	}
	f.restart()
	var got []string
	whole := f.receipt(asSender, "", "EndUserSystemReference", "skjema-1").good(t)
	for _, m := range regexp.MustCompile(`<ReceiptId>(\d+)<`).FindAllStringSubmatch(whole.body, -1) {
		got = append(got, m[1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
