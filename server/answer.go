package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// httpError is an answer from below SOAP.
type httpError struct {
	status int
	text   string
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

func newFault(id int, message, localized string) *soap.Fault {
	return &soap.Fault{Code: "Client", Reason: "An error occurred", Altinn: &soap.AltinnFault{
		Message: message, Extended: "No information available", Localized: localized,
		ErrorGUID: newGUID(), ErrorID: id, UserGUID: "-no value-",
	}}
}

// newGUID is a random GUID (RFC 9562, version 4).
func newGUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// answerError says why nothing was done. What went wrong in here is for the log; the client gets its id.
func (x *exchange) answerError(err error) error {
	if told, ok := errors.AsType[*httpError](err); ok {
		return x.answerPlainly(told)
	}
	fault, ok := errors.AsType[*soap.Fault](err)
	if !ok {
		id := newGUID()
		x.server.log.Error("the server failed", "id", id, "error", err)
		fault = &soap.Fault{Code: "Server", Reason: "The service failed; its log has the reason under " + id}
	}
	return x.write(http.StatusInternalServerError, &reply{body: fault.Element(x.version())})
}

func (x *exchange) answerPlainly(e *httpError) error {
	header := x.writer.Header()
	if e.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "2")
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	x.closeUnlessRead()
	x.writer.WriteHeader(e.status)
	_, err := x.writer.Write([]byte(e.text + "\n"))
	return errors.Join(err, x.writer.Flush())
}

// version is the one that the endpoint speaks.
func (x *exchange) version() soap.Version {
	if x.op.Binding.SOAP12() {
		return soap.SOAP12
	}
	return soap.SOAP11
}

// write sends a message, as multipart wherever the endpoint speaks MTOM.
func (x *exchange) write(status int, r *reply) error {
	message, contentType, length, err := x.encode(r)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	header := x.writer.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.FormatInt(length, 10))
	header.Set("Cache-Control", "private")
	if x.op.MTOM {
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
	if r.file != nil {
		id := mtom.NewContentID()
		include(r.into, id)
		attachments = []mtom.Attachment{{ContentID: id, Size: r.size, Body: r.file}}
	}
	version := x.version()
	envelope := soap.Envelope{Version: version, Body: r.body}
	root, err := envelope.Bytes()
	if err != nil {
		return nil, "", 0, err
	}
	if !x.op.MTOM {
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
