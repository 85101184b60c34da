package server_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func TestAttachmentRules(t *testing.T) {
	service := server.Service{Code: "4711", Edition: 250301}
	f := start(t, func(o *server.Options) {
		o.Services = []server.Service{service, {Code: "4712", Edition: 1}}
		o.Attachments = []server.AttachmentRule{
			{Service: service, Type: "bilag", MaxSize: 8, Extensions: []string{".pdf", ".txt"}, Min: 1, Max: 2},
			{Service: service, Type: "annet"},
		}
	})
	element := f.task()
	if a := f.complete(asSender, element); a.fault() != 60037 || !strings.Contains(a.body, "There must be 1 attachments of type bilag") {
		t.Errorf("without an attachment that must be there: %d %s", a.fault(), a.body)
	}
	for _, c := range []struct {
		name, typeName, file, content string
		want                          int
	}{
		{"no type", "", "a.pdf", "x", 0},
		{"an unknown type", "vedlegg", "a.pdf", "x", 0},
		{"a shorter extension", "bilag", "vedlegg.pd", "x", 0},
		{"a longer extension", "bilag", "vedlegg.pdfx", "x", 0},
		{"no extension", "bilag", "pdf", "x", 0},
		{"another extension", "bilag", "vedlegg.x", "x", 0},
		{"a byte too large", "bilag", "a.pdf", "123456789", 40204},
		{"good", "bilag", "a.pdf", "12345678", -1},
		{"in capitals", "BILAG", "A.PDF", "x", -1},
		{"one too many", "bilag", "c.txt", "x", 0},
		{"another type", "annet", "whatever", "123456789", -1},
	} {
		if a := f.submitAs(asSender, element, c.typeName, c.file, c.content); a.fault() != c.want {
			t.Errorf("%s: code %d, want %d: %s", c.name, a.fault(), c.want, a.body)
		}
	}
	f.complete(asSender, element).good(t)

	s := aShipment()
	s.attachments = attached("a.pdf", "bilag", "x") + attached("b.pdf", "bilag", "123456789")
	if a := f.ship(asSender, s); a.fault() != 40204 {
		t.Errorf("a large one in the shipment: %d %s", a.fault(), a.body)
	}
	s.attachments = strings.Repeat(attached("a.pdf", "bilag", "x"), 3)
	if a := f.ship(asSender, s); a.fault() != 0 {
		t.Errorf("too many in the shipment: %d %s", a.fault(), a.body)
	}
	s.attachments, s.signatures = attached("a.pdf", "annet", "x"), "<EndUserSystemUserId>kari</EndUserSystemUserId>"
	if a := f.ship(asSender, s); a.fault() != 60037 {
		t.Errorf("one that would be archived without what must be there: %d %s", a.fault(), a.body)
	}
	s.attachments = attached("a.pdf", "bilag", "x")
	f.ship(asSender, s).good(t)
}

// A service without rules takes 30 MB; above that, the archive streams.
func TestAttachmentsOfAServiceWithoutRules(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Services = []server.Service{{Code: "4711", Edition: 250301}} })
	element := f.task()
	limit := strings.Repeat("x", 30<<20)
	id := f.submit(asSender, element, "a.bin", limit).good(t).between(t, "<ReceiptId>", "<")
	if a := f.submit(asSender, element, "b.bin", limit+"x"); a.fault() != 40204 {
		t.Errorf("a byte more: %d", a.fault())
	}
	if data := f.withData(asSender, id).good(t); !strings.Contains(data.body, ">"+inline(limit)+"</AttachmentData>") {
		t.Errorf("in place: %d bytes, %.500s", len(data.body), data.body)
	}
	f.close()
	f.options.Services = nil
	f.open()
	id = f.submit(asSender, element, "b.bin", limit+"x").good(t).between(t, "<ReceiptId>", "<")
	if a := f.withData(asSender, id); a.fault() != 40204 || !strings.Contains(a.body, "GetAttachmentDataStreamed") {
		t.Errorf("a large one in place: %d %.500s", a.fault(), a.body)
	}
}

func TestRulesThatCannotBeMeant(t *testing.T) {
	for name, rule := range map[string]server.AttachmentRule{
		"no type":            {},
		"a negative count":   {Type: "a", Min: -1},
		"more must than can": {Type: "a", Min: 2, Max: 1},
		"a pattern":          {Type: "a", Extensions: []string{"*.pdf"}},
		"no dot":             {Type: "a", Extensions: []string{"pdf"}},
	} {
		if _, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Attachments: []server.AttachmentRule{rule}}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
