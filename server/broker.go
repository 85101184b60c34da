package server

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

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
	if err != nil || code == "" || code == "0" || n <= 0 {
		return s, altinnFault(soap.CodeBadService)
	}
	if known := x.server.options.Services; known != nil && !slices.Contains(known, s) {
		return s, altinnFault(soap.CodeBadService)
	}
	return s, nil
}

// maySend tells a user who has nothing to do with the sender from a sender without the right.
func (x *exchange) maySend(sender string) error {
	switch right := x.user.right(sender); {
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
		text: "Upload of file " + name + " was successful. Recipients can now download the file.",
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

// checkIfAvailable tells whether any of the recipients has a file.
func (x *exchange) checkIfAvailable() (*reply, error) {
	poll := x.param("pollParameters")
	list := soap.Child(poll, namespacePoll, "Recipients")
	if list == nil {
		return nil, altinnFault(soap.CodeBadReportee)
	}
	found := false
	for _, el := range list.ChildElements() {
		for party := range strings.SplitSeq(soap.Content(el), ",") { // documented as a list with commas, too
			party = strings.TrimSpace(party)
			if !isParty(party) {
				return nil, altinnFault(soap.CodeBadReportee)
			}
			found = found || x.hasFile(party, poll)
		}
	}
	return x.result(strconv.FormatBool(found)), nil
}

func (x *exchange) hasFile(party string, poll *etree.Element) bool {
	code, edition := soap.Text(poll, namespacePoll, "ExternalServiceCode"), soap.Text(poll, namespacePoll, "ExternalServiceEditionCode")
	if !x.user.right(party).Receive {
		return false
	}
	return slices.ContainsFunc(x.server.shipments.waiting(party), func(record *shipment) bool {
		return record.recipient(party).Confirmed.IsZero() && record.Service.is(code, edition)
	})
}

// is reports whether a service is the one searched for; an empty code is any.
func (s Service) is(code, edition string) bool {
	return code == "" || s.Code == code && strconv.Itoa(s.Edition) == edition
}

// availableFiles lists what a recipient was sent. What the user may not see is left out without a word.
func (x *exchange) availableFiles() (*reply, error) {
	search, err := x.search()
	if err != nil {
		return nil, err
	}
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	list := wrapper.CreateElement(x.op.ResultElement())
	list.CreateAttr("xmlns:a", namespaceData)
	if x.user.right(search.party).Receive {
		for _, record := range x.server.shipments.waiting(search.party) {
			if search.finds(record) {
				addAvailable(list, record, search.party)
			}
		}
	}
	return &reply{body: wrapper}, nil
}

// search is what GetAvailableFiles is asked for.
type search struct {
	party         string
	code, edition string
	confirmed     bool
	from, to      time.Time // zero: no limit
}

func (x *exchange) search() (search, error) {
	text := func(name string) string { return soap.Text(x.param("searchParameters"), namespaceData, name) }
	s := search{party: text("Reportee"), code: text("ExternalServiceCode"), edition: text("ExternalServiceEditionCode")}
	if !isParty(s.party) {
		return s, altinnFault(soap.CodeBadReportee)
	}
	if (s.code == "") != (cmp.Or(s.edition, "0") == "0") {
		return s, altinnFault(soap.CodeBadService)
	}
	switch status := text("FileStatus"); status {
	case "Uploaded":
	case "Downloaded":
		s.confirmed = true
	default:
		return s, unreadable(fmt.Errorf("FileStatus %q is neither Uploaded nor Downloaded", status))
	}
	var err error
	if s.from, err = parseTime(text("MinSentDateTime")); err == nil {
		s.to, err = parseTime(text("MaxSentDateTime"))
	}
	if err != nil {
		return s, unreadable(err)
	}
	return s, nil
}

func (s search) finds(record *shipment) bool {
	sent := record.Upload.At
	return record.recipient(s.party).Confirmed.IsZero() != s.confirmed && record.Service.is(s.code, s.edition) &&
		!sent.Before(s.from) && (s.to.IsZero() || !sent.After(s.to))
}

func addAvailable(list *etree.Element, record *shipment, party string) {
	status := "Uploaded"
	if !record.recipient(party).Confirmed.IsZero() {
		status = "Downloaded"
	}
	file := list.CreateElement("a:BrokerServiceAvailableFile")
	for _, member := range []struct{ name, text string }{
		{"ExternalServiceCode", record.Service.Code},
		{"ExternalServiceEditionCode", strconv.Itoa(record.Service.Edition)},
		{"FileName", record.Upload.FileName},
		{"FileReference", record.Reference},
		{"FileSize", strconv.FormatInt(record.Upload.Size, 10)},
		{"FileStatus", status},
		{"IsSftpDownloadOnly", "false"},
		{"ReceiptID", strconv.FormatInt(record.recipient(party).Receipt, 10)},
		{"Reportee", record.Sender},
		{"SendersReference", record.SendersReference},
		{"SentDate", formatTime(record.Upload.At)},
	} {
		file.CreateElement("a:" + member.name).SetText(member.text)
	}
}

// download gives a recipient the file, as often as it is asked for.
func (x *exchange) download() (*reply, error) {
	e, _, err := x.recipientsShipment()
	if err != nil {
		return nil, err
	}
	record := e.record.Load()
	if !record.hasFile() {
		return nil, altinnFault(soap.CodeNoFile)
	}
	file, err := x.server.shipments.openFile(record)
	if errors.Is(err, fs.ErrNotExist) { // confirmed by the last recipient meanwhile
		return nil, altinnFault(soap.CodeNoFile)
	}
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	return &reply{body: wrapper, into: wrapper.CreateElement(x.op.ResultElement()), file: file, size: record.Upload.Size}, nil
}

// confirm takes note that a recipient has the file.
func (x *exchange) confirm() (*reply, error) {
	e, party, err := x.recipientsShipment()
	if err != nil {
		return nil, err
	}
	if err := x.server.shipments.confirm(e, party); err != nil {
		return nil, fmt.Errorf("store confirmation: %w", err)
	}
	return &reply{body: soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())}, nil
}

// recipientsShipment is the shipment that a recipient speaks of, once it is clear that it is one.
func (x *exchange) recipientsShipment() (*entry, string, error) {
	x.about = x.text("fileReference")
	party := x.text("reportee")
	e := x.server.shipments.find(x.about)
	if e == nil {
		return nil, party, altinnFault(soap.CodeNotBroker)
	}
	if e.record.Load().recipient(party) == nil {
		return nil, party, altinnFault(soap.CodeWrongReportee)
	}
	switch right := x.user.right(party); {
	case right.Party == "":
		return nil, party, altinnFault(soap.CodeNotAuthorised)
	case !right.Receive:
		return nil, party, altinnFault(soap.CodeNoReceiveRight)
	}
	return e, party, nil
}
