package endpoint_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

const (
	brokerPath    = "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc"
	brokerSpace   = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06"
	uploadAction  = brokerSpace + "/IBrokerServiceExternalBasicStreamed/UploadFileStreamedBasic"
	archivePath   = "/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc"
	archiveSpace  = "http://www.altinn.no/services/Archive/ReporteeArchive/2013/06"
	archivePrefix = archiveSpace + "/IReporteeArchiveExternalStreamedBasic/"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct{ what, path, action, want string }{
		{"as it is", brokerPath, uploadAction, "UploadFileStreamedBasic"},
		{"lower-case path", strings.ToLower(brokerPath), uploadAction, "UploadFileStreamedBasic"},
		{"upper-case path", strings.ToUpper(brokerPath), uploadAction, "UploadFileStreamedBasic"},
		{"Test", brokerPath, testAction, "Test"},
		{"the table's word order", archivePath, archivePrefix + "GetAttachmentDataStreamedBasic", "GetAttachmentDataStreamedBasic"},
		{"the other word order", archivePath, archivePrefix + "GetAttachmentDataBasicStreamed", "GetAttachmentDataBasicStreamed"},

		{"lower-case action", brokerPath, strings.ToLower(uploadAction), ""},
		{"quotes are the caller's to take off", brokerPath, `"` + uploadAction + `"`, ""},
		{"no action", brokerPath, "", ""},
		{"no action where it is a guess", "/ServiceEngineExternal/WorkflowServiceExternal.svc", "", ""},
		{"only the name", brokerPath, "UploadFileStreamedBasic", ""},
		{"of another path", archivePath, uploadAction, ""},
		{"of another binding", brokerPath, strings.ReplaceAll(uploadAction, "Basic", ""), ""},
		{"with a query", brokerPath + "?wsdl", uploadAction, ""},
		{"path of nothing", "/ServiceEngineExternal/Nothing.svc", testAction, ""},
		{"no path", "", testAction, ""},
	} {
		o, ok := endpoint.Lookup(c.path, c.action)
		if o.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: found %q, %t, want %q", c.what, o.Name, ok, c.want)
		}
	}
}

func TestLookupFindsEveryOperation(t *testing.T) {
	for want := range endpoint.All() {
		if got, ok := endpoint.Lookup(strings.ToUpper(want.Path), want.Action()); !ok || got.Name != want.Name || got.Path != want.Path {
			t.Errorf("by action: %s at %s, want %s at %s", got.Name, got.Path, want.Name, want.Path)
		}
		body := xml.Name{Space: want.Namespace, Local: want.RequestWrapper()}
		if got, ok := endpoint.LookupBody(want.Path, body); !ok || got.Name != want.Name || got.Path != want.Path {
			t.Errorf("by body: %s at %s, want %s at %s", got.Name, got.Path, want.Name, want.Path)
		}
	}
}

func TestLookupBody(t *testing.T) {
	for _, c := range []struct{ what, path, space, local, want string }{
		{"message contract", brokerPath, brokerSpace, "StreamedPayloadBasicBE", "UploadFileStreamedBasic"},
		{"wrapped", brokerPath, brokerSpace, "DownloadFileStreamedBasic", "DownloadFileStreamedBasic"},
		{"Test", brokerPath, "http://www.altinn.no/services/2009/10", "Test", "Test"},
		{"the other word order", archivePath, archiveSpace, "GetAttachmentDataBasicStreamed", "GetAttachmentDataBasicStreamed"},

		{"the operation's name where the body has another", brokerPath, brokerSpace, "UploadFileStreamedBasic", ""},
		{"no namespace", brokerPath, "", "DownloadFileStreamedBasic", ""},
		{"another namespace", brokerPath, archiveSpace, "DownloadFileStreamedBasic", ""},
		{"no namespace where it is a guess", "/ServiceEngineExternal/WorkflowServiceExternal.svc", "", "DoSigning", ""},
		{"nothing", brokerPath, "", "", ""},
	} {
		o, ok := endpoint.LookupBody(c.path, xml.Name{Space: c.space, Local: c.local})
		if o.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: found %q, %t, want %q", c.what, o.Name, ok, c.want)
		}
	}
}

// An answer must have the name that the question had.
func TestAnotherNameIsKept(t *testing.T) {
	o, ok := endpoint.Lookup(archivePath, archivePrefix+"GetAttachmentDataBasicStreamed")
	if !ok {
		t.Fatal("not found")
	}
	if got := o.ReplyWrapper() + "/" + o.StreamElement(); got != "GetAttachmentDataBasicStreamedResponse/GetAttachmentDataBasicStreamedResult" {
		t.Errorf("answered as %s", got)
	}
	if o.Base != "GetAttachmentDataStreamed" {
		t.Errorf("base is %s", o.Base)
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		base    string
		binding endpoint.Binding
		want    string
	}{
		{"InitiateBrokerService", endpoint.Basic, "InitiateBrokerServiceBasic"},
		{"CheckIfAvailableFiles", endpoint.EC2, "CheckIfAvailableFilesEC"},
		{"GetPrefillData", endpoint.Basic, "GetPrefillDataBasicV2"}, // of two, the one in the table
		{"DeleteCorrespondence", endpoint.WS, "DeleteCorrespondenceExternal"},
		{"DeleteCorrespondence", endpoint.EC2, ""}, // not in this binding
		{"GetAuthenticationChallenge", endpoint.WS, ""},
		{"InitiateBrokerServiceBasic", endpoint.Basic, ""}, // not a base name
		{"initiatebrokerservice", endpoint.Basic, ""},
		{"InitiateBrokerService", endpoint.Binding(9), ""},
		{"", endpoint.Basic, ""},
	} {
		o, ok := endpoint.Find(c.base, c.binding)
		if o.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s in %s: found %q, %t, want %q", c.base, c.binding, o.Name, ok, c.want)
		}
	}
}

func TestFindName(t *testing.T) {
	for _, c := range []struct {
		name    string
		binding endpoint.Binding
		base    string
	}{
		{"InitiateBrokerServiceBasic", endpoint.Basic, "InitiateBrokerService"},
		{"GetPrefillDataBasic", endpoint.Basic, "GetPrefillData"}, // which Find does not give
		{"GetPrefillDataBasicV2", endpoint.Basic, "GetPrefillData"},
		{"InitiateBrokerServiceBasic", endpoint.WS, ""}, // of another binding
		{"InitiateBrokerService", endpoint.Basic, ""},   // a base name
		{"Test", endpoint.Basic, ""},
		{"", endpoint.Basic, ""},
	} {
		o, ok := endpoint.FindName(c.name, c.binding)
		if o.Base != c.base || ok != (c.base != "") {
			t.Errorf("%s in %s: found %q, %t, want %q", c.name, c.binding, o.Base, ok, c.base)
		}
	}
}
