package broker

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// Namespaces of the poll's parameter, newer than the rest of the service.
const (
	namespacePoll   = "http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01"
	namespaceArrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
)

// Status is how far a recipient has come with a file.
type Status string

// The two statuses. A downloaded file is one that was confirmed; it can be fetched again until the service deletes it.
const (
	Uploaded   Status = "Uploaded"
	Downloaded Status = "Downloaded"
)

// Query says which files are looked for.
type Query struct {
	Recipient   Party
	ServiceCode string    // "": of every service; goes together with EditionCode
	EditionCode int       // 0: none
	Status      Status    // "": Uploaded
	SentAfter   time.Time // zero: no limit
	SentBefore  time.Time // zero: no limit
}

// AvailableFile is a file that waits for a recipient.
type AvailableFile struct {
	Reference        Reference
	Name             string // as the sender wrote it: never a path to be trusted
	Size             int64  // bytes; 0 from a service that does not tell
	Status           Status
	ServiceCode      string
	EditionCode      int
	Sender           Party
	SendersReference string
	Sent             time.Time // local Norwegian time where the service gives no zone; zero when unreadable
	ReceiptID        int       // the recipient's own receipt; 0: none
	SFTPOnly         bool      // too large for this service
}

// HasAvailable asks cheaply whether any of the recipients has a file. Altinn wants it at most every 5 seconds.
func (c *Client) HasAvailable(ctx context.Context, q Query, others ...Party) (bool, error) {
	const op = "CheckIfAvailableFiles"
	recipients := append([]Party{q.Recipient}, others...)
	reply, err := c.calls.Call(ctx, op, binding.Request{
		Values:   binding.Values{"pollParameters": func(el *etree.Element) { q.fillPoll(el, recipients) }},
		ReadOnly: true,
	})
	if err != nil {
		return false, err
	}
	found, err := strconv.ParseBool(result(reply))
	if err != nil {
		return false, unreadable(op, fmt.Errorf("read answer: %w", err))
	}
	return found, nil
}

func (q Query) fillPoll(el *etree.Element, recipients []Party) {
	member := func(name string) *etree.Element {
		child := soap.NewElement(namespacePoll, name)
		el.AddChild(child)
		return child
	}
	if q.ServiceCode != "" {
		member("ExternalServiceCode").SetText(q.ServiceCode)
		member("ExternalServiceEditionCode").SetText(strconv.Itoa(q.EditionCode))
	}
	list := member("Recipients")
	for _, party := range recipients {
		item := soap.NewElement(namespaceArrays, "string")
		item.SetText(string(party))
		list.AddChild(item)
	}
}

// listLimit bounds the answer of Available: about 90 000 files at 700 bytes each.
const listLimit = 64 << 20

// Available lists the files that wait for q.Recipient, oldest first. Files that the caller has no right to see are left out
// by the service without a word. A non-nil error is the last element.
func (c *Client) Available(ctx context.Context, q Query) iter.Seq2[AvailableFile, error] {
	return func(yield func(AvailableFile, error) bool) {
		files, err := c.list(ctx, q)
		if err != nil {
			yield(AvailableFile{}, err)
			return
		}
		for _, file := range files {
			if !yield(file, nil) {
				return
			}
		}
	}
}

func (c *Client) list(ctx context.Context, q Query) ([]AvailableFile, error) {
	const op = "GetAvailableFiles"
	var files []AvailableFile
	var unread error
	_, err := c.calls.Call(ctx, op, binding.Request{
		Values:        binding.Values{"searchParameters": q.fillSearch},
		EnvelopeLimit: listLimit,
		ReadOnly:      true,
		Entry: func(el *etree.Element) {
			file, err := readAvailable(el)
			if err != nil && unread == nil {
				unread = unreadable(op, fmt.Errorf("read file %d of the list: %w", len(files)+1, err))
			}
			files = append(files, file)
		},
	})
	if err != nil {
		return nil, err
	}
	if unread != nil {
		return nil, unread
	}
	slices.SortStableFunc(files, func(a, b AvailableFile) int { return a.Sent.Compare(b.Sent) })
	return files, nil
}

// fillSearch writes the query as BrokerServiceSearch, members in ordinal order.
func (q Query) fillSearch(el *etree.Element) {
	member := func(name, text string) {
		if text != "" {
			data(el, name).SetText(text)
		}
	}
	if q.ServiceCode != "" {
		member("ExternalServiceCode", q.ServiceCode)
		member("ExternalServiceEditionCode", strconv.Itoa(q.EditionCode))
	}
	member("FileStatus", string(cmp.Or(q.Status, Uploaded)))
	member("MaxSentDateTime", binding.FormatTime(q.SentBefore))
	member("MinSentDateTime", binding.FormatTime(q.SentAfter))
	member("Reportee", string(q.Recipient))
}

func readAvailable(el *etree.Element) (AvailableFile, error) {
	text := func(name string) string { return soap.Text(el, namespaceData, name) }
	file := AvailableFile{
		Reference:        Reference(text("FileReference")),
		Name:             text("FileName"),
		Status:           Status(text("FileStatus")),
		ServiceCode:      text("ExternalServiceCode"),
		Sender:           Party(text("Reportee")),
		SendersReference: text("SendersReference"),
		Sent:             binding.ParseTime(text("SentDate")),
		SFTPOnly:         text("IsSftpDownloadOnly") == "true",
	}
	if file.Reference == "" {
		return file, fmt.Errorf("it has no FileReference")
	}
	for _, number := range []struct {
		name string
		set  func(int64)
	}{
		{"ExternalServiceEditionCode", func(n int64) { file.EditionCode = int(n) }},
		{"FileSize", func(n int64) { file.Size = n }},
		{"ReceiptID", func(n int64) { file.ReceiptID = int(n) }},
	} {
		n, err := strconv.ParseInt(cmp.Or(text(number.name), "0"), 10, 64)
		if err != nil || n < 0 {
			return file, fmt.Errorf("%s is not a number", number.name)
		}
		number.set(n)
	}
	return file, nil
}
