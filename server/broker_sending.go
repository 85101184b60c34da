package server

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// Namespaces of the broker's data types.
const (
	namespaceData   = "http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"
	namespacePoll   = "http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01"
	namespaceArrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
)

// initiate checks who sends what to whom, and gives a reference.
func (x *exchange) initiate() (*reply, error) {
	initiation := x.param("brokerServiceInitiation")
	manifest := soap.Child(initiation, namespaceData, "Manifest")
	text := func(name string) string { return soap.Text(manifest, namespaceData, name) }
	record := shipment{Sender: text("Reportee"), SendersReference: text("SendersReference")}
	var err error
	if record.Service, err = x.service(text("ExternalServiceCode"), text("ExternalServiceEditionCode")); err != nil {
		return nil, err
	}
	if record.SendersReference == "" {
		return nil, unreadable(errors.New("SendersReference is missing"))
	}
	if err := checkLength("SendersReference", record.SendersReference, "ExternalServiceCode", record.Service.Code); err != nil {
		return nil, err
	}
	if err := x.maySend(record.Sender); err != nil {
		return nil, err
	}
	if record.Recipients, err = x.recipients(soap.Child(initiation, namespaceData, "RecipientList")); err != nil {
		return nil, err
	}
	reference, err := x.server.shipments.add(record)
	if err != nil {
		return nil, fmt.Errorf("store initiation: %w", err)
	}
	x.about = reference
	return x.result(reference), nil
}

// service checks the codes of a broker service.
func (x *exchange) service(code, edition string) (Service, error) {
	n, err := strconv.Atoi(edition)
	s := Service{Code: code, Edition: n}
	if err != nil || code == "" || code == "0" || n <= 0 || !x.server.exists(s) {
		return s, altinnFault(soap.CodeBadService)
	}
	return s, nil
}

// exists reports whether there is such a service, of whatever kind.
func (s *Server) exists(service Service) bool {
	return s.options.Services == nil || slices.Contains(s.options.Services, service)
}

// maySend tells a user who has nothing to do with the sender from a sender without the right.
func (x *exchange) maySend(sender string) error {
	switch right := x.right(sender); {
	case right.Party == "":
		return altinnFault(soap.CodeNotAuthorised)
	case !right.Send:
		return altinnFault(soap.CodeNoSendRight)
	}
	return nil
}

func (x *exchange) recipients(list *etree.Element) ([]recipient, error) {
	if list == nil {
		return nil, altinnFault(soap.CodeBadRecipient)
	}
	var all []recipient
	for _, el := range list.ChildElements() {
		party := soap.Text(el, namespaceData, "PartyNumber")
		if !isParty(party) || !x.server.users.mayReceive(party) {
			return nil, altinnFault(soap.CodeBadRecipient)
		}
		if !slices.ContainsFunc(all, func(r recipient) bool { return r.Party == party }) {
			all = append(all, recipient{Party: party})
		}
	}
	if len(all) == 0 {
		return nil, altinnFault(soap.CodeBadRecipient)
	}
	return all, nil
}

// result is an answer of one text.
func (x *exchange) result(text string) *reply {
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	wrapper.CreateElement(x.op.ResultElement()).SetText(text)
	return &reply{body: wrapper}
}

// upload takes the one file of a shipment. Its receipt is written when the file is on disk, and not before.
func (x *exchange) upload() (*reply, error) {
	e, err := x.sendersShipment()
	if err != nil {
		return nil, err
	}
	reference := e.record.Load().Reference
	name := x.text("FileName")
	if name == "" {
		return nil, unreadable(errors.New("FileName is missing"))
	}
	if err := checkLength("FileName", name); err != nil {
		return nil, err
	}
	file, err := x.server.shipments.create(reference)
	if err != nil {
		return nil, fmt.Errorf("store upload: %w", err)
	}
	defer file.Discard()
	came, err := x.receiveFile(file)
	if err != nil {
		return nil, err
	}
	record, err := x.server.shipments.accept(e, file, upload{FileName: name, Size: came.size, SHA256: came.sha256})
	if err != nil {
		return nil, fmt.Errorf("store upload: %w", err)
	}
	return &reply{body: x.receipt(receipt{
		id: record.Upload.Receipt, typeName: "BrokerService", at: record.Upload.At,
		text: record.words().Text,
	})}, nil
}

// sendersShipment is the shipment that an upload is for, once it is clear that it may come.
func (x *exchange) sendersShipment() (*entry, error) {
	x.about = x.text("Reference")
	e := x.server.shipments.find(x.about)
	if e == nil {
		return nil, altinnFault(soap.CodeNotBroker)
	}
	record, sender := e.record.Load(), x.text("Reportee")
	if sender != record.Sender {
		return nil, altinnFault(soap.CodeWrongReportee)
	}
	if err := x.maySend(sender); err != nil {
		return nil, err
	}
	if record.Upload != nil {
		return nil, altinnFault(soap.CodeAlreadyUploaded)
	}
	return e, nil
}

func (x *exchange) receiveFile(file io.Writer) (received, error) {
	limit := x.server.options.Limits.File
	if x.server.options.AnyFile {
		return x.receive(file, limit)
	}
	zip := &zipOnly{w: file}
	came, err := x.receive(zip, limit)
	if err == nil && !zip.whole() {
		err = altinnFault(soap.CodeNotZip)
	}
	return came, err
}
