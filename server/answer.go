package server

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// httpError is an answer from below SOAP.
type httpError struct {
	status int
	text   string
	after  time.Duration // Retry-After of 503; 2 s when it is 0
}

func (e *httpError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.status, e.text) }

// altinnFault is the fault of a documented code, in the form of the recorded ones.
func altinnFault(id int) *soap.Fault {
	code, _ := soap.LookupCode(id)
	return newFault(id, code.Text, code.Text)
}

// unreadable is the answer to a message that says nothing this server understands. As the real service does, it names the
// reason in the localized text only.
func unreadable(err error) *soap.Fault {
	fault := newFault(0, "", err.Error())
	fault.Altinn.Message = "Your request suffered from a non-functional error. Name this id when you ask about it: [" + fault.Altinn.ErrorGUID + "]."
	return fault
}

// faultReason is what every fault of a service was seen to say in front of its detail.
const faultReason = "An error occurred"

func newFault(id int, message, localized string) *soap.Fault {
	return &soap.Fault{Code: "Client", Reason: faultReason, Altinn: &soap.AltinnFault{
		Message: message, Extended: "No information available", Localized: localized,
		ErrorGUID: security.NewGUID(), ErrorID: id, UserGUID: "-no value-",
	}}
}

// answerError says why nothing was done. What went wrong in here is for the log; the client gets its id.
func (x *exchange) answerError(err error) error {
	if told, ok := errors.AsType[*httpError](err); ok {
		return x.answerPlainly(told)
	}
	fault, ok := errors.AsType[*soap.Fault](err)
	if !ok {
		id := security.NewGUID()
		x.server.log.Error("the server failed", "id", id, "error", err)
		fault = &soap.Fault{Code: "Server", Reason: "The service failed; its log has the reason under " + id}
	}
	return x.write(http.StatusInternalServerError, &reply{body: fault.Element(x.version()), action: x.faultAction(fault)})
}

func (x *exchange) answerPlainly(e *httpError) error {
	header := x.writer.Header()
	if e.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", retryAfter(e.after))
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	x.closeUnlessRead()
	x.writer.WriteHeader(e.status)
	_, err := x.writer.Write([]byte(e.text + "\n"))
	return errors.Join(err, x.writer.Flush())
}

// faultAction is the operation's for a fault that it declares, and that of every fault from below it.
func (x *exchange) faultAction(fault *soap.Fault) string {
	if fault.Altinn == nil || x.op.FaultAction() == "" {
		return security.ActionFault
	}
	return x.op.FaultAction()
}

// replyHeader is what WS and EC2 have in front of an answer.
func (x *exchange) replyHeader(r *reply) []*etree.Element {
	if !x.place.Binding.SOAP12() {
		return nil
	}
	asked := ""
	if x.envelope != nil {
		asked = security.ReadAddress(x.envelope.Header).MessageID
	}
	return security.Reply(cmp.Or(r.action, x.op.ReplyAction()), asked, x.server.options.Now())
}

// version is the one that the endpoint speaks.
func (x *exchange) version() soap.Version {
	if x.place.Binding.SOAP12() {
		return soap.SOAP12
	}
	return soap.SOAP11
}

// multipart reports whether the answer is one: wherever the endpoint speaks MTOM, but where a session is begun. Clients that
// were seen ask for it in plain SOAP at such an endpoint, too.
func (x *exchange) multipart() bool { return x.place.MTOM && x.op.Base != tokenRequest }

// write sends a message.
func (x *exchange) write(status int, r *reply) error {
	message, contentType, length, err := x.encode(r)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	header := x.writer.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.FormatInt(length, 10))
	header.Set("Cache-Control", "private")
	if x.multipart() {
		header.Set("MIME-Version", "1.0")
	}
	x.closeUnlessRead()
	x.writer.WriteHeader(status)
	_, err = message.WriteTo(x.writer)
	if err == nil {
		err = x.writer.Flush()
	}
	if err != nil {
		x.writer.err = err
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// closeUnlessRead ends the connection behind an answer to a request that has not come to its end.
func (x *exchange) closeUnlessRead() {
	if !x.body.ended {
		x.writer.Header().Set("Connection", "close")
	}
}

func (x *exchange) encode(r *reply) (message writerTo, contentType string, length int64, err error) {
	var attachments []mtom.Attachment
	mark := ""
	switch {
	case r.file != nil && x.multipart():
		id := mtom.NewContentID()
		include(r.into, id)
		attachments = []mtom.Attachment{{ContentID: id, Size: r.size, Body: r.file}}
	case r.file != nil, len(r.text) > 0:
		mark = rand.Text() // which nothing else in the answer can hold
		r.into.SetText(mark)
	}
	version := x.version()
	envelope := soap.Envelope{Version: version, Header: x.replyHeader(r), Body: r.body}
	root := envelope.Bytes()
	if len(r.text) > 0 {
		root = bytes.Replace(root, []byte(mark), r.text, 1)
	} else if mark != "" {
		m := newInPlace(root, mark, r)
		return m, soap.PlainContentType(version, ""), m.length(), nil
	}
	if !x.multipart() {
		return plain(root), soap.PlainContentType(version, ""), int64(len(root)), nil
	}
	encoder, err := mtom.NewEncoder(root, version.MediaType(), attachments...)
	if err != nil {
		return nil, "", 0, err
	}
	return encoder, encoder.ContentType(), encoder.Len(), nil
}

func include(into *etree.Element, contentID string) {
	el := into.CreateElement("xop:Include")
	el.CreateAttr("href", "cid:"+contentID)
	el.CreateAttr("xmlns:xop", mtom.NamespaceXOP)
}
