package server

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// checkIfAvailable tells whether any of the recipients has a file.
func (x *exchange) checkIfAvailable() (*reply, error) {
	poll := x.param("pollParameters")
	list := soap.Child(poll, namespacePoll, "Recipients")
	if list == nil {
		return nil, altinnFault(soap.CodeBadReportee)
	}
	found, asked := false, map[string]bool{}
	for _, el := range list.ChildElements() {
		for party := range strings.SplitSeq(soap.Content(el), ",") { // documented as a list with commas, too
			party = strings.TrimSpace(party)
			if !isParty(party) {
				return nil, altinnFault(soap.CodeBadReportee)
			}
			found = found || !asked[party] && x.hasFile(party, poll) // each look is one at a whole list
			asked[party] = true
		}
	}
	return x.result(strconv.FormatBool(found)), nil
}

func (x *exchange) hasFile(party string, poll *etree.Element) bool {
	code, edition := soap.Text(poll, namespacePoll, "ExternalServiceCode"), soap.Text(poll, namespacePoll, "ExternalServiceEditionCode")
	if !x.right(party).Receive {
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

// listMost bounds a list: it is made in memory, and 10 000 lines take some 15 MiB there. Who has more waiting gets the oldest,
// and the next ones when those are confirmed.
const listMost = 10_000

// availableFiles lists what a recipient was sent. What the user may not see is left out without a word.
func (x *exchange) availableFiles() (*reply, error) {
	search, err := x.search()
	if err != nil {
		return nil, err
	}
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	list := wrapper.CreateElement(x.op.ResultElement())
	list.CreateAttr("xmlns:a", namespaceData)
	if !x.right(search.party).Receive {
		return &reply{body: wrapper}, nil
	}
	var text bytes.Buffer // of the lines: as elements, they would take ten times as much
	lines := 0
	for _, record := range x.server.shipments.waiting(search.party) {
		if lines == listMost {
			break
		}
		if search.finds(record) {
			lines++
			available(record, search.party).WriteTo(&text, &etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true})
		}
	}
	return &reply{body: wrapper, into: list, text: text.Bytes()}, nil
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

func available(record *shipment, party string) *etree.Element {
	status := "Uploaded"
	if !record.recipient(party).Confirmed.IsZero() {
		status = "Downloaded"
	}
	file := etree.NewElement("a:BrokerServiceAvailableFile")
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
	return file
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
	switch right := x.right(party); {
	case right.Party == "":
		return nil, party, altinnFault(soap.CodeNotAuthorised)
	case !right.Receive:
		return nil, party, altinnFault(soap.CodeNoReceiveRight)
	}
	return e, party, nil
}
