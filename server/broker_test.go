package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func TestAFileFromSenderToRecipient(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	if !strings.HasPrefix(f.poll(recipient), "false") {
		t.Error("a file is announced that nobody has uploaded")
	}
	content := emptyZIP + strings.Repeat("\r\n--"+boundary[:20], 9)
	receipt := f.upload(reference, content)
	if receipt.status != http.StatusOK || !strings.HasPrefix(receipt.header.Get("Content-Type"), "multipart/related") {
		t.Fatalf("%d %s", receipt.status, receipt.body)
	}
	checkReceipt(t, receipt)
	if !strings.HasPrefix(f.poll(recipient), "true") || !strings.HasPrefix(f.poll("123456789,"+recipient), "true") {
		t.Error("the recipient is not told of the file")
	}
	list := f.available(asRecipient, recipient, "Uploaded")
	for _, want := range []string{
		"<a:ExternalServiceCode>4192</", "<a:ExternalServiceEditionCode>270815</", "<a:FileName>file.zip</", "<a:FileReference>" + reference + "</",
		fmt.Sprintf("<a:FileSize>%d</", len(content)), "<a:FileStatus>Uploaded</", "<a:Reportee>" + sender + "</", "<a:SendersReference>ref-1</",
	} {
		if !strings.Contains(list.body, want) {
			t.Errorf("the list lacks %s:\n%s", want, list.body)
		}
	}
	for range 2 { // again, as long as it is not confirmed
		if a := f.download(asRecipient, reference, recipient); a.payload(t) != content {
			t.Fatalf("the file came back as %q", a.payload(t))
		}
	}
	for range 2 { // a second confirmation changes nothing
		if a := f.call(asRecipient, "ConfirmDownloadedBasic", references(reference, recipient)); a.status != http.StatusOK ||
			!strings.Contains(a.body, `<ConfirmDownloadedBasicResponse xmlns="`+nsBroker+`"/>`) {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if f.waits(reference) {
		t.Error("a confirmed file still waits")
	}
	if a := f.download(asRecipient, reference, recipient); a.fault() != 40207 {
		t.Errorf("a file that all have confirmed: %d %s", a.status, a.body)
	}
	if a := f.upload(reference, content); a.fault() != 40208 {
		t.Errorf("a second file on the reference: %s", a.body)
	}
	if slices.ContainsFunc(f.stored(), func(s string) bool { return strings.HasSuffix(s, ".zip") }) {
		t.Errorf("the file is still there: %v", f.stored())
	}
}

func (f *far) poll(parties string) string {
	f.t.Helper()
	a := f.call(asRecipient, "CheckIfAvailableFilesBasic", `<pollParameters xmlns:p="http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01"><p:Recipients>`+
		`<a:string xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">`+parties+`</a:string></p:Recipients></pollParameters>`)
	return a.between(f.t, "<CheckIfAvailableFilesBasicResult>", "</")
}

// checkReceipt looks for all seven members, in order: a client in use takes them unseen.
func checkReceipt(t *testing.T, a answer) {
	t.Helper()
	rest := a.body
	for _, member := range []string{"LastChanged", "ParentReceiptId", "ReceiptHistory", "ReceiptId", "ReceiptStatusCode", "ReceiptText", "ReceiptTypeName"} {
		_, after, ok := strings.Cut(rest, "<"+member)
		if !ok {
			t.Fatalf("the receipt has no %s, or not there:\n%s", member, a.body)
		}
		rest = after
	}
	for _, want := range []string{
		"<ReceiptStatusCode>OK<", "<ReceiptTypeName>BrokerService<", "<ParentReceiptId>0<",
		"<ReceiptText>Upload of file file.zip was successful. Recipients can now download the file.<",
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the receipt lacks %s:\n%s", want, a.body)
		}
	}
}

func TestUploadInEveryForm(t *testing.T) {
	f := start(t, nil)
	metro := strings.NewReplacer("http://tempuri.org/0", "rootpart*9c@example.jaxws.sun.com", "http://tempuri.org/1/637169441367559832",
		"77@example.jaxws.sun.com", "Content-ID", "Content-Id", boundary+"--\r\n", boundary+"--", "8bit", "binary")
	plainRoot := func(r string) string { return uploadRoot(asSender, r, sender, "file.zip", inline(emptyZIP)) }
	for _, form := range []struct {
		name, path, action, contentType string
		body                            func(reference string) string
	}{
		{"WCF", streamedPath, streamedAction + "UploadFileStreamedBasic", related, func(r string) string {
			return "\r\n" + message(uploadRoot(asSender, r, sender, "file.zip", inPart), emptyZIP)
		}},
		{"Metro", streamedPath + "?wsdl", streamedAction + "UploadFileStreamedBasic", metro.Replace(related), func(r string) string {
			return metro.Replace(message("<?xml version='1.0' encoding='UTF-8'?>"+uploadRoot(asSender, r, sender, "file.zip", inPart), emptyZIP))
		}},
		{"text/xml with base64 in place", streamedPath, streamedAction + "UploadFileStreamedBasic", "text/xml;charset=UTF-8", plainRoot},
		{"without SOAPAction", streamedPath, "", "text/xml", plainRoot},
		{"with an action that is not known", streamedPath, "urn:nothing", "text/xml", plainRoot},
		{"at a path in lower case", strings.ToLower(streamedPath), streamedAction + "UploadFileStreamedBasic", "text/xml", plainRoot},
		{"must be understood", streamedPath, streamedAction + "UploadFileStreamedBasic", "text/xml", func(r string) string {
			return strings.ReplaceAll(plainRoot(r), "<h:FileName ", `<h:FileName s:mustUnderstand="1" `)
		}},
		{"a null among the header blocks", streamedPath, streamedAction + "UploadFileStreamedBasic", "text/xml", func(r string) string {
			return strings.Replace(plainRoot(r), "<s:Header>", `<s:Header><Other xmlns="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`, 1)
		}},
	} {
		t.Run(form.name, func(t *testing.T) {
			reference := f.initiate()
			a := f.post(form.path, form.action, form.contentType, form.body(reference))
			if a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if got := f.download(asRecipient, reference, recipient).payload(t); got != emptyZIP {
				t.Errorf("the file came back as %q", got)
			}
		})
	}
}

func TestInitiateChecks(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Services = []server.Service{{Code: "4192", Edition: 270815}}
		o.Users[1].Rights = append(o.Users[1].Rights, server.Right{Party: "111111111", Receive: true})
	})
	for _, c := range []struct {
		name       string
		as         login
		parameters string
		want       int
	}{
		{"wrong password", login{"avsender", "wrong"}, initiation("4192", "270815", sender, "r", recipient), 5},
		{"unknown user", login{"nobody", "avsender-demo"}, initiation("4192", "270815", sender, "r", recipient), 5},
		{"no service code", asSender, initiation("", "270815", sender, "r", recipient), 40210},
		{"edition 0", asSender, initiation("4192", "0", sender, "r", recipient), 40210},
		{"edition no number", asSender, initiation("4192", "x", sender, "r", recipient), 40210},
		{"a service that is none", asSender, initiation("4193", "270815", sender, "r", recipient), 40210},
		{"another's party as the sender", asSender, initiation("4192", "270815", recipient, "r", recipient), 40211},
		{"a party that may not send", asRecipient, initiation("4192", "270815", "111111111", "r", recipient), 40201},
		{"no recipient", asSender, initiation("4192", "270815", sender, "r"), 40202},
		{"a recipient nobody knows", asSender, initiation("4192", "270815", sender, "r", recipient, "999999999"), 40202},
		{"a recipient that is no party", asSender, initiation("4192", "270815", sender, "r", "x"), 40202},
		{"no reference of the sender's", asSender, initiation("4192", "270815", sender, "", recipient), 0},
		{"no parameter", asSender, "", 40210},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := f.call(c.as, "InitiateBrokerServiceBasic", c.parameters)
			if a.status != http.StatusInternalServerError || a.fault() != c.want {
				t.Errorf("got %d and code %d, want %d:\n%s", a.status, a.fault(), c.want, a.body)
			}
		})
	}
	if files := f.stored(); len(files) > 1 { // the lock
		t.Errorf("refused initiations left %v", files)
	}
}

func TestUploadChecks(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Limits.File = 64 })
	reference := f.initiate()
	for _, c := range []struct {
		name              string
		as                login
		reference, from   string
		file, data, bytes string
		want              int
	}{
		{"wrong password", login{"avsender", "x"}, reference, sender, "f.zip", inPart, emptyZIP, 5},
		{"unknown reference", asSender, "af303bd0-3333-4ec9-af6a-31dd05569011", sender, "f.zip", inPart, emptyZIP, 40212},
		{"a reference that is none", asSender, "../../etc/passwd", sender, "f.zip", inPart, emptyZIP, 40212},
		{"another sender", asSender, reference, recipient, "f.zip", inPart, emptyZIP, 40213},
		{"a user of another party", asRecipient, reference, sender, "f.zip", inPart, emptyZIP, 40211},
		{"no file name", asSender, reference, sender, "", inPart, emptyZIP, 0},
		{"empty", asSender, reference, sender, "f.zip", inPart, "", 40205},
		{"empty in place", asSender, reference, sender, "f.zip", "", "", 40205},
		{"not a ZIP", asSender, reference, sender, "f.zip", inPart, "%PDF-1.7", 40206},
		{"the first byte of a ZIP", asSender, reference, sender, "f.zip", inPart, "P", 40206},
		{"three bytes of a ZIP", asSender, reference, sender, "f.zip", inPart, "PK\x03", 40206},
		{"a byte too large", asSender, reference, sender, "f.zip", inPart, "PK\x03\x04" + strings.Repeat("x", 61), 40204},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := f.post(streamedPath, streamedAction+"UploadFileStreamedBasic", related, message(uploadRoot(c.as, c.reference, c.from, c.file, c.data), c.bytes))
			if a.status != http.StatusInternalServerError || a.fault() != c.want {
				t.Errorf("got %d and code %d, want %d:\n%s", a.status, a.fault(), c.want, a.body)
			}
			if f.waits(reference) {
				t.Error("a refused upload is given to the recipient")
			}
		})
	}
	if a := f.upload(reference, "PK\x03\x04"+strings.Repeat("x", 60)); a.status != http.StatusOK {
		t.Errorf("the reference was lost, or the limit is one too low: %s", a.body)
	}
	for _, name := range f.stored() {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s was left", name)
		}
	}
}

func TestReceivingChecks(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Users = append(o.Users, o.Users[0])
		o.Users[2].Name, o.Users[2].Rights = "third", []server.Right{{Party: recipient, Send: true}}
	})
	uploaded, initiated := f.initiate(), f.initiate()
	f.upload(uploaded, emptyZIP)
	third := login{"third", "avsender-demo"}
	for _, c := range []struct {
		name             string
		as               login
		reference, party string
		want             int
	}{
		{"wrong password", login{"mottaker", ""}, uploaded, recipient, 5},
		{"unknown reference", asRecipient, "af303bd0-3333-4ec9-af6a-31dd05569011", recipient, 40212},
		{"not uploaded yet", asRecipient, initiated, recipient, 40207},
		{"not a recipient", asSender, uploaded, sender, 40213},
		{"a user of another party", asSender, uploaded, recipient, 40211},
		{"a user who may only send", third, uploaded, recipient, 40215},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := f.download(c.as, c.reference, c.party); a.fault() != c.want {
				t.Errorf("download: code %d, want %d", a.fault(), c.want)
			}
			if a := f.call(c.as, "ConfirmDownloadedBasic", references(c.reference, c.party)); a.fault() != c.want {
				t.Errorf("confirm: code %d, want %d", a.fault(), c.want)
			}
		})
	}
	if a := f.available(asSender, recipient, "Uploaded"); a.status != http.StatusOK || strings.Contains(a.body, uploaded) {
		t.Errorf("what a user may not see is to be left out without a word: %s", a.body)
	}
	if a := f.available(asRecipient, "12", "Uploaded"); a.fault() != 40214 {
		t.Errorf("a reportee that is none: %s", a.body)
	}
	if a := f.available(asRecipient, recipient, anyStatus); a.fault() != 0 {
		t.Errorf("no status: %s", a.body)
	}
}

func TestAvailableSearches(t *testing.T) {
	f := start(t, func(o *server.Options) { o.KeepConfirmed = true })
	reference := f.initiate()
	f.upload(reference, emptyZIP)
	now := time.Now().UTC()
	member := func(name, text string) string { return "<d:" + name + ">" + text + "</d:" + name + ">" }
	codes := func(code, edition string) string {
		return member("ExternalServiceCode", code) + member("ExternalServiceEditionCode", edition)
	}
	for _, c := range []struct {
		name, before, after string // of FileStatus, in the order of the contract
		found               bool
	}{
		{"nothing else", "", "", true},
		{"its service", codes("4192", "270815"), "", true},
		{"another service", codes("4192", "1"), "", false},
		{"sent before", "", member("MaxSentDateTime", now.Add(-time.Hour).Format(time.RFC3339)), false},
		{"sent after", "", member("MinSentDateTime", now.Add(time.Hour).Format(time.RFC3339)), false},
		{"sent between", "", member("MaxSentDateTime", now.Add(time.Hour).Format(time.RFC3339)) + member("MinSentDateTime", now.AddDate(0, 0, -2).Format("2006-01-02")), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := f.call(asRecipient, "GetAvailableFilesBasic", `<searchParameters xmlns:d="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06">`+
				c.before+member("FileStatus", "Uploaded")+c.after+member("Reportee", recipient)+`</searchParameters>`)
			if got := strings.Contains(a.body, reference); got != c.found {
				t.Errorf("found %v, want %v:\n%s", got, c.found, a.body)
			}
		})
	}
	f.call(asRecipient, "ConfirmDownloadedBasic", references(reference, recipient))
	if f.waits(reference) || !strings.Contains(f.available(asRecipient, recipient, "Downloaded").body, reference) {
		t.Error("a confirmed file that is kept is to be listed as Downloaded, and only so")
	}
	if f.download(asRecipient, reference, recipient).payload(t) != emptyZIP {
		t.Error("it cannot be fetched again")
	}
}

func TestOneOfManyUploadsWins(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	const n = 8
	answers := make([]answer, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { answers[i] = f.upload(reference, emptyZIP+strings.Repeat("x", i)) })
	}
	all.Wait()
	winner := -1
	for i, a := range answers {
		switch {
		case a.status == http.StatusOK && winner < 0:
			winner = i
		case a.fault() != 40208:
			t.Errorf("upload %d: %d %s", i, a.status, a.body)
		}
	}
	if got := f.download(asRecipient, reference, recipient).payload(t); winner < 0 || got != emptyZIP+strings.Repeat("x", winner) {
		t.Errorf("upload %d had the receipt, and this is what is kept: %q", winner, got)
	}
}

func TestWhatWasAnsweredSurvivesARestart(t *testing.T) {
	f := start(t, func(o *server.Options) { o.KeepConfirmed = true })
	waiting, confirmed, initiated := f.initiate(), f.initiate(), f.initiate()
	first := f.upload(waiting, emptyZIP)
	f.upload(confirmed, emptyZIP)
	f.call(asRecipient, "ConfirmDownloadedBasic", references(confirmed, recipient))
	leftover := []string{"." + initiated + ".zip.ABCDEFGHIJKLMNOP.part", initiated + ".zip"}
	for _, name := range leftover {
		if err := os.WriteFile(filepath.Join(f.options.Dir, "broker", name), []byte("PK"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.restart()
	if !f.waits(waiting) || f.waits(confirmed) || f.waits(initiated) {
		t.Error("the list is not what it was")
	}
	if f.download(asRecipient, waiting, recipient).payload(t) != emptyZIP {
		t.Error("the file is not what it was")
	}
	if a := f.upload(waiting, emptyZIP); a.fault() != 40208 {
		t.Errorf("a second upload after a restart: %s", a.body)
	}
	for _, name := range leftover {
		if _, err := os.Stat(filepath.Join(f.options.Dir, "broker", name)); !os.IsNotExist(err) {
			t.Errorf("%s was left: %v", name, err)
		}
	}
	again := f.upload(initiated, emptyZIP)
	if again.status != http.StatusOK {
		t.Errorf("an upload that had no receipt cannot be repeated: %s", again.body)
	}
	if id := func(a answer) string { return a.between(t, "<ReceiptId>", "<") }; id(first) == id(again) {
		t.Errorf("two receipts have the number %s", id(again))
	}
}

func TestARecordThatCannotBeReadIsNotForgotten(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	record := filepath.Join(f.options.Dir, "broker", reference+".json")
	if err := os.WriteFile(record, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.close()
	s, err := server.New(f.options)
	if err == nil || !strings.Contains(err.Error(), reference) {
		t.Errorf("opened %v, and said %v", s, err)
	}
	if err := os.Remove(record); err != nil {
		t.Fatal(err)
	}
	f.open()
}

func TestAStoreHasOneServer(t *testing.T) {
	f := start(t, nil)
	if runtime.GOOS == "windows" {
		t.Skip("there is no lock of that kind")
	}
	if _, err := server.New(f.options); err == nil || !strings.Contains(err.Error(), "in use by another server") {
		t.Errorf("a second server on the store: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Keep = 300 * time.Millisecond })
	reference := f.initiate()
	f.upload(reference, emptyZIP)
	time.Sleep(400 * time.Millisecond)
	if f.waits(reference) {
		t.Error("it is still listed")
	}
	if a := f.download(asRecipient, reference, recipient); a.fault() != 40212 {
		t.Errorf("it can still be had: %s", a.body)
	}
	f.restart()
	if files := f.stored(); len(files) > 1 { // the lock
		t.Errorf("%v are still there", files)
	}
}
