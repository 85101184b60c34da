package server

import "slices"

// words are those of the sender's receipt.
func (s shipment) words() words {
	if !s.Upload.Words.Changed.IsZero() {
		return s.Upload.Words
	}
	return say("Upload of file "+s.Upload.FileName+" was successful. Recipients can now download the file.", s.Upload.At)
}

// wordsFor are those of a recipient's receipt. As long as nobody has written into it they follow from the rest of the record.
func (s shipment) wordsFor(r recipient) words {
	if !r.Words.Changed.IsZero() {
		return r.Words
	}
	w := say(textAvailable, s.Upload.At)
	if !r.Confirmed.IsZero() {
		w = w.then(statusOK, textDownloaded, r.Confirmed)
	}
	return w
}

func (s *shipment) hasReceipt(id int64) bool {
	return s.Upload != nil && (s.Upload.Receipt == id ||
		slices.ContainsFunc(s.Recipients, func(r recipient) bool { return r.Receipt == id }))
}

func (s *shipment) hasReference(r reference) bool { return slices.Contains(s.references(), r) }

// references are what its receipts can be found by.
func (s *shipment) references(more ...reference) []reference {
	return append([]reference{{"SendersReference", s.SendersReference}, {"OutboundShipmentReference", s.Reference}}, more...)
}

// views are the sender's receipt with one of each recipient below. Who may act for recipients only sees theirs.
func (s *shipment) views(may func(party string) bool) []receiptView {
	var subs []receiptView
	all := may(s.Sender)
	for _, r := range s.Recipients {
		if all || may(r.Party) {
			subs = append(subs, s.recipientView(r))
		}
	}
	if !all {
		return subs
	}
	return []receiptView{{
		id: s.Upload.Receipt, kind: kindBroker, words: s.words(), subs: subs,
		references: s.references(reference{"PartyReference", s.Sender}),
	}}
}

func (s *shipment) recipientView(r recipient) receiptView {
	return receiptView{
		id: r.Receipt, parent: s.Upload.Receipt, kind: kindBroker, words: s.wordsFor(r),
		references: s.references(reference{"PartyReference", r.Party}),
	}
}

// reword replaces the words of one of the shipment's receipts.
func (s *shipment) reword(id int64, edit func(words) words) {
	if s.Upload.Receipt == id {
		s.Upload.Words = edit(s.words())
		return
	}
	for i, r := range s.Recipients {
		if r.Receipt == id {
			s.Recipients[i].Words = edit(s.wordsFor(r))
		}
	}
}

// receipts gives every shipment that has receipts.
func (s *shipments) receipts() []receipted {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []receipted
	for _, e := range s.byReference {
		if record := e.record.Load(); record.Upload != nil && !s.expired(record) {
			all = append(all, record)
		}
	}
	return all
}

// reword changes a receipt, on disk first. It is false when the receipt is none of a shipment's.
func (s *shipments) reword(id int64, edit func(words) words) (bool, error) {
	e := s.findReceipt(id)
	if e == nil {
		return false, nil
	}
	_, err := s.change(e, func(record *shipment) error {
		record.reword(id, edit)
		return nil
	})
	return true, err
}

func (s *shipments) findReceipt(id int64) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.byReference {
		if e.record.Load().hasReceipt(id) {
			return e
		}
	}
	return nil
}
