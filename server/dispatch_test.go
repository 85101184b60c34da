package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// An operation is found by the action in the HTTP message, by that in the envelope, or by the body.
func TestAnOperationIsFound(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	named := soap12 + `; action="` + wsAction + `"`
	for what, test := range map[string]struct{ contentType, action string }{
		"by both":                  {named, wsAction},
		"by HTTP":                  {named, ""},
		"by the envelope":          {soap12, wsAction},
		"by the body":              {soap12, ""},
		"an action that is empty":  {soap12 + `; action=""`, wsAction},
		"by the body, not by HTTP": {soap12 + `; action="urn:unknown"`, ""},
	} {
		message := g.with(asRecipient, security.Message{Action: test.action}, wsBody(reference))
		if test.action == "" {
			message = []byte(strings.Replace(string(message), `<a:Action xmlns:a="`+nsAddressing+`" s:mustUnderstand="1"/>`, "", 1))
		}
		g.good(what, g.post12As(test.contentType, wsPath, message), wsAction+"Response")
	}
}

func TestWhatADispatcherRefuses(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	ws := func(action string) []byte {
		return g.with(asRecipient, security.Message{Action: action}, wsBody(reference))
	}
	g.refused("an unknown action", g.post12(wsPath, ws("urn:unknown")), wsa("ActionNotSupported"))
	g.refused("another endpoint's", g.post12(wsPath, ws(wsUpload)), wsa("ActionNotSupported"))
	g.refused("a session in WS", g.post12(wsPath, ws(security.ActionRequestToken)), wsa("ActionNotSupported"))
	for _, path := range []string{ec2Path, ec2StreamedPath} {
		s := g.begin(g.pinned, path)
		end := g.sign(s, security.Message{Action: security.ActionRequestToken + "/Cancel"}, ec2Body(asRecipient, reference))
		g.refused("the end of a session", g.post12(path, end), wsa("ActionNotSupported"))
	}
	for what, contentType := range map[string]string{
		"two actions":              soap12 + `; action="` + nsBroker + `/IBrokerServiceExternal/GetAvailableFiles"`,
		"an unknown one over HTTP": soap12 + `; action="urn:unknown"`,
	} {
		g.refused(what, g.post12As(contentType, wsPath, ws(wsAction)), wsa("ActionMismatch"))
	}
	inRoot := strings.Replace(related12, `application/soap+xml"`, `application/soap+xml;action=\"urn:unknown\""`, 1)
	m := security.Message{Action: nsBroker + "/IBrokerServiceExternalStreamed/DownloadFileStreamed"}
	message := g.with(asRecipient, m, `<DownloadFileStreamed xmlns="`+nsBroker+`">`+references(reference, recipient)+`</DownloadFileStreamed>`)
	a := g.post12As(inRoot, wsStreamedPath, []byte(message12(string(message), "")))
	g.refused("an unknown one in the type of the root part", a, wsa("ActionMismatch"))
	if !g.waits(reference) {
		t.Error("the file was confirmed")
	}
}

// Basic has no addressing; there, WCF has the fault in a namespace of its own, and in the place of the code.
func TestAnUnknownOperationOfBasic(t *testing.T) {
	f := start(t, nil)
	a := f.post(brokerPath, "urn:unknown", "text/xml; charset=utf-8", envelope("", `<Other xmlns="urn:x"/>`))
	const want = `<faultcode xmlns:c="http://schemas.microsoft.com/ws/2005/05/addressing/none">c:ActionNotSupported</faultcode>`
	if a.status != http.StatusInternalServerError || !strings.Contains(a.body, want) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// An answer has the form of the recorded ones.
func TestTheFormOfAnAnswer(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	m := security.Message{Action: wsAction, ID: "urn:uuid:0b7e5a1c-8d2f-4e62-9a0d-5f1c3b7a9e10"}
	a := g.post12(wsPath, g.with(asRecipient, m, wsBody(reference)))
	created, expires := a.find("//Timestamp/Created"), a.find("//Timestamp/Expires")
	want := `<s:Envelope xmlns:s="` + ns12 + `"><s:Header><a:Action xmlns:a="` + nsAddressing + `" s:mustUnderstand="1">` + wsAction + `Response</a:Action>` +
		`<a:RelatesTo xmlns:a="` + nsAddressing + `">` + m.ID + `</a:RelatesTo><o:Security xmlns:o="` + nsSecurity + `" s:mustUnderstand="1">` +
		`<u:Timestamp xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" u:Id="_0"><u:Created>` + created +
		`</u:Created><u:Expires>` + expires + `</u:Expires></u:Timestamp></o:Security></s:Header>` +
		`<s:Body><ConfirmDownloadedResponse xmlns="` + nsBroker + `"/></s:Body></s:Envelope>`
	if a.body != want {
		t.Errorf("got  %s\nwant %s", a.body, want)
	}
	for name, want := range map[string]string{"Content-Type": soap12, "Cache-Control": "private", "MIME-Version": "", "Set-Cookie": ""} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Where HTTP does not name the operation, a request gets into trouble when its envelope was read.
func TestTroubleThatComesWithTheEnvelope(t *testing.T) {
	upload := func(rule server.Trouble, contentType string) (g *guarded, reference string, err error) {
		g = newGuarded(t)
		reference = g.initiate()
		header := security.Message{Action: wsUpload, To: g.web.URL + wsStreamedPath, Now: g.now()}.WithPassword(asSender.user, asSender.password)
		body := g.sending(wsStreamedPath, header, "StreamedPayloadExternalBE", reference, asSender) + emptyZIP + "\r\n--" + boundary + "--\r\n"
		g.close()
		if rule.After < 0 {
			rule.After += int64(len(body))
		}
		g.options.Troubles = []server.Trouble{rule}
		g.open()
		_, err = g.try(wsStreamedPath, "", contentType, strings.NewReader(body))
		return g, reference, err
	}
	named := related12 + `;action="` + wsUpload + `"`
	for what, test := range map[string]struct {
		rule        server.Trouble
		contentType string
		cut         bool
	}{
		"a cut within the envelope":         {server.Trouble{Kind: server.CutRequest, Operation: "UploadFileStreamed", After: 10}, related12, true},
		"the same, named by HTTP":           {server.Trouble{Kind: server.CutRequest, Operation: "UploadFileStreamed", After: 10}, named, true},
		"a cut within the payload":          {server.Trouble{Kind: server.CutRequest, Operation: "UploadFileStreamed", After: -70}, related12, true},
		"the same, for every operation":     {server.Trouble{Kind: server.CutRequest, After: -70}, related12, true},
		"a cut behind the end":              {server.Trouble{Kind: server.CutRequest, Operation: "UploadFileStreamed", After: 1 << 20}, related12, false},
		"a cut of another operation":        {server.Trouble{Kind: server.CutRequest, Operation: "ConfirmDownloaded"}, related12, false},
		"a cut of another, named by HTTP":   {server.Trouble{Kind: server.CutRequest, Operation: "ConfirmDownloaded"}, named, false},
		"an answer that is cut":             {server.Trouble{Kind: server.CutAnswer, Operation: "UploadFileStreamed", After: 10}, related12, true},
		"an answer that is lost, and named": {server.Trouble{Kind: server.LoseAnswer, Operation: "UploadFileStreamed"}, named, true},
	} {
		t.Run(what, func(t *testing.T) {
			g, reference, err := upload(test.rule, test.contentType)
			if (err != nil) != test.cut {
				t.Errorf("cut: %v", err)
			}
			came := !test.cut || test.rule.Kind != server.CutRequest
			g.close()
			g.options.Troubles = nil
			g.open()
			if g.waits(reference) != came {
				t.Errorf("the file came: %v, want %v", !came, came)
			}
		})
	}
}
