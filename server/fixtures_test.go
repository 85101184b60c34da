package server_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/beevik/etree"
)

const (
	elementPath = "/ServiceEngineExternal/ReporteeElementListExternalBasic.svc"
	casePath    = "/ServiceEngineExternal/CaseExternalBasic.svc"
	nsElements  = "http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2009/10"
	nsItems     = "http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2010/10"
	nsCase      = "http://www.altinn.no/services/ServiceEngine/Case/2010/10"
)

func supplied(files ...string) fstest.MapFS {
	dir := fstest.MapFS{}
	for pair := range slices.Chunk(files, 2) {
		dir[pair[0]] = &fstest.MapFile{Data: []byte(pair[1])}
	}
	return dir
}

func TestAnAnswerThatWasSupplied(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Fixtures = supplied(
			"README.txt", "not looked at",
			"GetFormSetElementsV2.xml", `<?xml version="1.0" encoding="utf-8"?>
<!-- by hand -->
<answers>
  <answer><when param="reporteeElementID" is="7"/><when param="languageID" is="1044"/>
    <FormSetElementBEV2><ItemName>Hovedskjema</ItemName><ItemID>12</ItemID></FormSetElementBEV2>
    <FormSetElementBEV2><ItemID>13</ItemID></FormSetElementBEV2>
  </answer>
  <answer><when param="reporteeElementID" is="7"/><FormSetElementBEV2><ItemName>Main form</ItemName></FormSetElementBEV2></answer>
  <answer><when param="reporteeElementID" is="8"/><fault code="14"/></answer>
  <answer><when param="reporteeElementID" is="9"/><fault code="4711" text="Ikke i dag"/></answer>
</answers>`,
			"DeleteReporteeElement.xml", `<answers><answer><when param="reporteeElementCode" is="a"/></answer></answers>`,
			"GetCaseList.xml", `<answers><answer><when param="caseID" is="1"/></answer></answers>`,
			"ArchiveCase.xml", `<answers><answer> 42 </answer></answers>`,
			"GetReporteeElementListV2.xml", `<answers><answer><when param="searchBE.Reportee" is="910075918"/><ReporteeElementBEV2><Title>Post</Title></ReporteeElementBEV2></answer></answers>`,
			"GetReceiptV2.xml", `<answers><answer><when param="receipt.ReceiptId" is="1"/><ReceiptText>laget</ReceiptText></answer></answers>`,
			"SubmitFormTask.xml", `<answers><answer><when param="formTaskShipment.Reportee" is="911"/><ReceiptId>5</ReceiptId></answer></answers>`,
			"GetSigningText.xml", `<answers><answer>Jeg bekrefter</answer></answers>`,
			"GetAvailableActionsV2.xml", `<answers><answer><SomeAction xmlns="urn:x">Sign</SomeAction></answer></answers>`,
		)
	})
	elements := func(id, language string) answer {
		return f.ask(asSender, elementPath, nsElements, "GetFormSetElementsBasicV2", `<reporteeElementID>`+id+`</reporteeElementID><languageID>`+language+`</languageID>`)
	}
	norwegian := elements("7", "1044").good(t)
	norwegian.holds(t, "<GetFormSetElementsBasicV2Result>", ">13</ItemID>", `<ItemID xmlns="`+nsItems+`">12</ItemID><ItemName xmlns="`+nsItems+`">Hovedskjema</ItemName>`)
	elements("7", "1033").good(t).holds(t, "Main form")
	if a := elements("8", "1044"); a.fault() != 14 || !strings.Contains(a.body, "No access to the element") {
		t.Errorf("%d %s", a.fault(), a.body)
	}
	if a := elements("9", "1044"); a.fault() != 4711 || strings.Count(a.body, "Ikke i dag") != 2 {
		t.Errorf("%d %s", a.fault(), a.body)
	}
	if a := elements("10", "1044"); a.fault() != 14 || strings.Contains(a.body, "fixtures") {
		t.Errorf("no answer fits, and the state has none: %d %s", a.status, a.body)
	}
	for _, name := range []string{"GetCaseListExternalBasic", "InstantiateCollaborationExternalBasic"} {
		base := strings.TrimSuffix(name, "ExternalBasic")
		if a := f.ask(asSender, casePath, nsCase, name, "<caseID>2</caseID>"); a.status != http.StatusInternalServerError ||
			!strings.Contains(a.body, base+".xml") || !strings.Contains(a.body, "call --template --answer "+base+" prints") {
			t.Errorf("no answer fits: %d %s", a.status, a.body)
		}
	}
	if a := f.ask(login{"avsender", "x"}, elementPath, nsElements, "GetFormSetElementsBasicV2", ""); a.fault() != 5 {
		t.Errorf("without a login: %s", a.body)
	}
	deleted := func(code string) answer {
		return f.ask(asSender, elementPath, nsElements, "DeleteReporteeElementBasic", `<reporteeElementCode>`+code+`</reporteeElementCode>`)
	}
	deleted("a").good(t).holds(t, `<DeleteReporteeElementBasicResponse xmlns="`+nsElements+`"/>`)
	if a := deleted("b"); a.status != http.StatusInternalServerError {
		t.Error(a.body)
	}
	f.ask(asSender, casePath, nsCase, "ArchiveCaseExternalBasic", "").good(t).holds(t, "<ArchiveCaseExternalBasicResult>42</ArchiveCaseExternalBasicResult>")
	f.ask(asSender, elementPath, nsElements, "GetReporteeElementListBasicV2",
		`<searchBE xmlns:a="http://schemas.altinn.no/services/Archive/ReporteeArchive/2009/10"><a:Reportee>910075918</a:Reportee></searchBE>`).good(t).holds(t, ">Post<")

	// An answer comes before the state, where one fits.
	f.receipt(asSender, "1", "", "").good(t).holds(t, ">laget<")
	if a := f.receipt(asSender, "2", "", ""); a.fault() != 30008 {
		t.Error(a.body)
	}
	s := aShipment()
	s.party, s.attachments = "911", attached("a.pdf", "", "x")
	f.ship(asSender, s).good(t).holds(t, `>5</ReceiptId>`)
	s.party = sender
	f.ship(asSender, s).good(t).holds(t, ">WorkFlowReference<")
	if n := len(f.files("attachments")); n != 2 {
		t.Errorf("%d files of attachments", n)
	}
}

func TestFixturesThatAreWrong(t *testing.T) {
	const base = "GetFormSetElementsV2.xml"
	answers := func(s string) string { return "<answers>" + s + "</answers>" }
	for _, c := range []struct{ name, file, text, want string }{
		{"an unknown operation", "GetNothing.xml", answers(""), "GetNothing"},
		{"an operation of one binding", "GetFormSetElementsBasicV2.xml", answers(""), "documentation"},
		{"Test", "Test.xml", answers(""), "Test"},
		{"a streamed one", "DownloadFileStreamed.xml", answers(""), "streams"},
		{"empty", base, "", "<answers>"},
		{"XML that is broken", base, "<answers>\n\n<answer></answers>", "line 3"},
		{"another root", base, "<answer/>", "<answers>"},
		{"no answer", base, answers("<reply/>"), "answer 1"},
		{"a document type", base, "<!DOCTYPE answers>" + answers(""), "document type"},
		{"too deep", base, answers("<answer>\n" + strings.Repeat("<a>", 70) + strings.Repeat("</a>", 70) + "</answer>"), "line 2"},
		{"too long", base, answers("<!--" + strings.Repeat("x", 1<<20) + "-->"), "bytes"},
		{"an unknown member", base, answers("<answer/><answer><FormSetElementBEV2><Item/></FormSetElementBEV2></answer>"), "answer 2"},
		{"a value that is none", base, answers("<answer><FormSetElementBEV2><ItemID>x</ItemID></FormSetElementBEV2></answer>"), "ItemID"},
		{"a member in another namespace", base, answers(`<answer><FormSetElementBEV2 xmlns="urn:x"/></answer>`), "urn:x"},
		{"an unknown parameter", base, answers(`<answer><when param="language" is="1"/></answer>`), "language"},
		{"a login as a condition", base, answers(`<answer><when param="systemUserName" is="1"/></answer>`), "login"},
		{"a path too far", base, answers(`<answer><when param="languageID.x" is="1"/></answer>`), "languageID.x"},
		{"a path that ends early", "GetReceiptV2.xml", answers(`<answer><when param="receipt" is="1"/></answer>`), "receipt"},
		{"a path that leads nowhere", "GetReceiptV2.xml", answers(`<answer><when param="receipt.Id" is="1"/></answer>`), "receipt.Id"},
		{"a condition without a text", base, answers(`<answer><when param="languageID"/></answer>`), "condition"},
		{"a fault without a code", base, answers(`<answer><fault/></answer>`), "fault"},
		{"a fault of no known code", base, answers(`<answer><fault code="4711"/></answer>`), "4711"},
		{"a fault and a result", base, answers(`<answer><fault code="14"/><FormSetElementBEV2/></answer>`), "alone"},
		{"a result where there is none", "DeleteReporteeElement.xml", answers(`<answer>x</answer>`), "none"},
		{"a number that is none", "ArchiveCase.xml", answers(`<answer>x</answer>`), "int"},
	} {
		_, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Fixtures: supplied(c.file, c.text)})
		if err == nil {
			t.Errorf("%s: it is taken", c.name)
			continue
		}
		if text := err.Error(); !strings.Contains(text, c.file) || !strings.Contains(text, c.want) {
			t.Errorf("%s: no %q in %s", c.name, c.want, text)
		}
	}
}

// Every operation of the catalogue is answered: from a sample of its own type, where there is no state.
func TestASampleIsAnAnswerToEveryOperation(t *testing.T) {
	dir := t.TempDir()
	samples := map[string]*etree.Element{}
	for op := range endpoint.All() {
		if op.Stream != endpoint.NoStream || op.Base == "Test" {
			continue
		}
		if samples[op.Base] == nil {
			samples[op.Base] = etree.NewElement("answers")
		}
		answer := samples[op.Base].CreateElement("answer") // types may differ from binding to binding
		if op.Result != "" {
			schema.Sample(answer, op.Result)
		}
	}
	for base, answers := range samples {
		if err := etree.NewDocumentWithRoot(answers).WriteToFile(filepath.Join(dir, base+".xml")); err != nil {
			t.Fatal(err)
		}
	}
	f := start(t, func(o *server.Options) { o.Fixtures = os.DirFS(dir) })
	for op := range endpoint.All() {
		if op.Binding != endpoint.Basic || op.Stream != endpoint.NoStream {
			continue
		}
		a := f.ask(asSender, op.Path, op.Namespace, op.RequestWrapper(), "")
		if a.status != http.StatusOK || !strings.Contains(a.body, "<"+op.ReplyWrapper()) {
			t.Errorf("%s: %d %s", op.Name, a.status, a.body)
		}
	}
}

func FuzzFixtures(f *testing.F) {
	f.Add("GetFormSetElementsV2", `<answers><answer><when param="languageID" is="1"/><FormSetElementBEV2/></answer></answers>`)
	f.Add("GetReceiptV2", `<answers><answer><fault code="30008"/></answer></answers>`)
	f.Add("GetCertificates", `<answers><answer><CertificateBE xmlns="x"/></answer></answers>`)
	f.Add("GetAvailableActionsV2", `<answers><answer><a xmlns:b="c" b:d="e">f</a></answer></answers>`)
	f.Add("SubmitFormTask", "<answers><answer>\n<ReceiptId>x</ReceiptId></answer></answers>")
	f.Fuzz(func(t *testing.T, base, text string) {
		if strings.ContainsAny(base, "/\x00") || base == "" {
			return
		}
		dir := t.TempDir()
		far, err := server.New(server.Options{Dir: dir, Users: server.DemoUsers(), Fixtures: supplied(base+".xml", text)})
		if err != nil {
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("a store was begun all the same: %v", left)
			}
			return
		}
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	})
}
