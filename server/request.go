package server

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// How long a request may take to say what it wants, and how many bytes: a manifest with thousands of files in it. Anybody may
// make the server hold as much before it is clear who it is.
const (
	envelopeTime = 30 * time.Second
	envelopeSize = 1 << 20
)

func (x *exchange) findByAction() error {
	found := false
	for range endpoint.At(x.request.URL.Path) {
		found = true
		break
	}
	if !found {
		return &httpError{http.StatusNotFound, "there is no service at this path"}
	}
	action := strings.Trim(x.request.Header.Get("SOAPAction"), `"`)
	x.op, _ = endpoint.Lookup(x.request.URL.Path, action)
	x.trouble = x.server.troubles.meet(x.op.Base)
	if x.trouble.Kind == CutRequest {
		x.body.cutAfter(x.trouble.After)
	}
	return nil
}

// streamElements are the elements that may hold a file as base64 in place.
var streamElements = func() map[xml.Name]bool {
	names := map[xml.Name]bool{}
	for op := range endpoint.All() {
		if op.Stream == endpoint.StreamRequest {
			names[xml.Name{Space: op.Namespace, Local: op.StreamElement()}] = true
		}
	}
	return names
}()

func (x *exchange) readEnvelope() (err error) {
	if x.request.Header.Get("Content-Encoding") != "" {
		return &httpError{http.StatusUnsupportedMediaType, "a compressed request is not read"}
	}
	x.decoder, err = mtom.NewDecoder(x.body, x.request.Header.Get("Content-Type"), &mtom.Options{
		Inline: func(name xml.Name) bool { return streamElements[name] },
		Limits: mtom.Limits{Root: envelopeSize},
	})
	if err != nil {
		return &httpError{http.StatusUnsupportedMediaType, err.Error()}
	}
	root, err := x.decoder.Root()
	if err != nil {
		return unreadable(err)
	}
	if err := x.enter(); err != nil {
		return err
	}
	if x.envelope, err = soap.ParseEnvelope(root); err != nil {
		return unreadable(err)
	}
	return nil
}

func (x *exchange) findByBody() error {
	body := x.envelope.Body
	if body == nil {
		return unreadable(errors.New("the body is empty"))
	}
	name := xml.Name{Space: body.NamespaceURI(), Local: body.Tag}
	if x.op.Base == "" {
		x.op, _ = endpoint.LookupBody(x.request.URL.Path, name)
	}
	if !answers(x.op) {
		return &soap.Fault{Code: "Client", Reason: fmt.Sprintf("%.80q at this endpoint is not answered here", name.Local)}
	}
	if x.envelope.Version != x.version() {
		return &soap.Fault{Code: "VersionMismatch", Reason: "this endpoint speaks another version of SOAP"}
	}
	if name.Local != x.op.RequestWrapper() || name.Space != x.op.Namespace {
		return unreadable(fmt.Errorf("the body holds %.80q instead of %s", name.Local, x.op.RequestWrapper()))
	}
	return nil
}

// checkHeader refuses a block that must be understood and is not.
func (x *exchange) checkHeader() error {
	ns := x.envelope.Version.Namespace()
	for _, block := range x.envelope.Header {
		if mustUnderstand(block, ns) && !x.isParameter(block) {
			return &soap.Fault{Code: "MustUnderstand", Reason: fmt.Sprintf("the header block %.80q is not understood", block.Tag)}
		}
	}
	return nil
}

func mustUnderstand(block *etree.Element, ns string) bool {
	for _, attr := range block.Attr {
		if attr.Key == "mustUnderstand" && attr.NamespaceURI() == ns {
			return attr.Value == "1" || attr.Value == "true"
		}
	}
	return false
}

func (x *exchange) isParameter(block *etree.Element) bool {
	for _, p := range x.op.Headers {
		if named(block, x.op.Namespace, p) {
			return true
		}
	}
	return false
}

// readToEnd makes sure that a message without a stream is whole before anything is done on its word.
func (x *exchange) readToEnd() error {
	switch _, err := x.decoder.Next(); {
	case err == nil:
		return unreadable(errors.New("it carries an attachment, which this operation does not take"))
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return unreadable(err)
	}
	return nil
}
