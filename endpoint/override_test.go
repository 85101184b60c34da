package endpoint_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/google/go-cmp/cmp"
)

func find(t *testing.T, base string, b endpoint.Binding) endpoint.Operation {
	t.Helper()
	o, ok := endpoint.Find(base, b)
	if !ok {
		t.Fatalf("there is no %s in %s", base, b)
	}
	return o
}

func TestAnOverrideMovesWhatHangsOnIt(t *testing.T) {
	v := endpoint.Override{
		Base: "UploadFileStreamed", Binding: endpoint.WS,
		Name: "UploadFile", Namespace: "http://gateway.example/broker", Interface: "IBroker", Path: "/broker/Files.svc",
	}
	o := v.Apply(find(t, "UploadFileStreamed", endpoint.WS))
	for what, pair := range map[string][2]string{
		"path":         {o.Path, "/broker/Files.svc"},
		"action":       {o.Action(), "http://gateway.example/broker/IBroker/UploadFile"},
		"reply action": {o.ReplyAction(), "http://gateway.example/broker/IBroker/UploadFileResponse"},
		"wrapper":      {o.RequestWrapper(), "StreamedPayloadExternalBE"},
		"result":       {string(o.Result), "{http://gateway.example/broker}ReceiptExternalStreamedBE"},
		"stream":       {o.StreamElement(), "DataStream"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %s, want %s", what, pair[0], pair[1])
		}
	}
	download := endpoint.Override{Base: "DownloadFileStreamed", Binding: endpoint.EC2, Name: "Fetch"}.Apply(find(t, "DownloadFileStreamed", endpoint.EC2))
	if got := download.RequestWrapper() + " " + download.ReplyWrapper() + " " + download.StreamElement(); got != "Fetch FetchResponse FetchResult" {
		t.Errorf("a download's names are %s", got)
	}
}

func TestAnOverrideLeavesTheRestAlone(t *testing.T) {
	v := endpoint.Override{Base: "UploadFileStreamed", Binding: endpoint.WS, Path: "/broker/Files.svc", Namespace: "http://gateway.example/broker"}
	for _, o := range []endpoint.Operation{find(t, "UploadFileStreamed", endpoint.EC2), find(t, "DownloadFileStreamed", endpoint.WS)} {
		if diff := cmp.Diff(o, v.Apply(o)); diff != "" {
			t.Errorf("%s in %s is changed:\n%s", o.Base, o.Binding, diff)
		}
	}
	before := find(t, "UploadFileStreamed", endpoint.WS)
	after := v.Apply(before)
	if after.Name != before.Name || after.Interface != before.Interface {
		t.Errorf("what was not overridden is %s of %s", after.Name, after.Interface)
	}
	if diff := cmp.Diff(before, find(t, "UploadFileStreamed", endpoint.WS)); diff != "" {
		t.Errorf("the catalogue is changed:\n%s", diff)
	}
}

// Workflow is the service of which not even the namespace was seen: an override puts the guess right.
func TestAnOverrideGivesWhatWasNeverSeen(t *testing.T) {
	o := find(t, "GetProcessDetailsV2", endpoint.Basic)
	o = endpoint.Override{Base: o.Base, Binding: endpoint.Basic, Namespace: "http://example/w", Interface: "IWorkflow"}.Apply(o)
	if want := "http://example/w/IWorkflow/" + o.Name; o.Action() != want {
		t.Errorf("its action is %q, want %q", o.Action(), want)
	}
}

func TestAnOverrideThatChangesNothingIsFound(t *testing.T) {
	for want, v := range map[string]endpoint.Override{
		`"UploadFile": it is not an operation of the WS binding`: {Base: "UploadFile", Binding: endpoint.WS, Path: "/x.svc"},
		`"Test": it is not an operation`:                         {Base: "Test", Path: "/x.svc"},
		`"Upload File" cannot be the name of an XML element`:     {Base: "UploadFileStreamed", Binding: endpoint.WS, Name: "Upload File"},
		`"x.svc" does not begin with /`:                          {Base: "UploadFileStreamed", Binding: endpoint.WS, Path: "x.svc"},
		"":                                                       {Base: "UploadFileStreamed", Binding: endpoint.WS, Path: "/x.svc"},
	} {
		err := v.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%+v: %v", v, err)
		}
	}
}
