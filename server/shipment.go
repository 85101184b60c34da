package server

import (
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// shipment is the record of one reference, as it stands on disk.
type shipment struct {
	Reference        string
	Service          Service
	Sender           string
	SendersReference string
	Recipients       []recipient
	Initiated        time.Time
	Upload           *upload `json:",omitempty"` // nil: nothing yet
	Deleted          bool    `json:",omitempty"` // every recipient has confirmed, and the file is gone
}

// recipient is how far one has come.
type recipient struct {
	Party     string
	Receipt   int64     `json:",omitempty"` // the recipient's own
	Confirmed time.Time `json:",omitzero"`
	Words     words     `json:",omitzero"` // of the receipt, once somebody has written into it
}

// upload is what came.
type upload struct {
	FileName string
	Size     int64
	SHA256   string
	Receipt  int64
	At       time.Time
	Words    words `json:",omitzero"` // of the receipt, once somebody has written into it
}

func (s shipment) clone() shipment {
	s.Recipients = slices.Clone(s.Recipients)
	if s.Upload != nil {
		came := *s.Upload
		s.Upload = &came
	}
	return s
}

// recipient finds a party among the recipients, nil when it is none.
func (s shipment) recipient(party string) *recipient {
	for i := range s.Recipients {
		if s.Recipients[i].Party == party {
			return &s.Recipients[i]
		}
	}
	return nil
}

// hasFile reports whether there is a file to be had.
func (s shipment) hasFile() bool { return s.Upload != nil && !s.Deleted }

// confirmed reports whether every recipient has confirmed.
func (s shipment) confirmed() bool {
	return !slices.ContainsFunc(s.Recipients, func(r recipient) bool { return r.Confirmed.IsZero() })
}

// confirmBy notes that a party has stored the file. Saying so twice changes nothing.
func (s *shipment) confirmBy(party string, now time.Time) error {
	if s.Upload == nil {
		return altinnFault(soap.CodeNoFile)
	}
	r := s.recipient(party)
	if !r.Confirmed.IsZero() {
		return nil
	}
	r.Confirmed = now
	if !r.Words.Changed.IsZero() {
		r.Words = r.Words.then(statusOK, textDownloaded, now)
	}
	return nil
}
