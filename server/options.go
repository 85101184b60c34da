package server

import (
	"cmp"
	"log/slog"
	"time"
)

// Options of a [Server]. Only Dir and Users are needed.
type Options struct {
	// Dir is the store, made when it is missing. One server at a time works on it; on Unix, a second one is refused.
	Dir string
	// Users are the systems that may log in.
	Users []User
	// Services are the broker services that exist; nil: any code with any edition.
	Services []Service
	// Limits bound what a client can make the server hold or do.
	Limits Limits
	// AnyFile takes broker files that are no ZIPs.
	AnyFile bool
	// Keep is how long a reference or a file lives, confirmed or not; 0: 14 days. A negative one is an error.
	Keep time.Duration
	// KeepConfirmed keeps a file that every recipient has confirmed until it expires, instead of deleting it.
	KeepConfirmed bool
	// Troubles are rules to misbehave by, for those who test a client.
	Troubles []Trouble
	// Log hears of every request, one line each; nil: nobody. Secrets are never in it.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	o.Keep = cmp.Or(o.Keep, 14*24*time.Hour)
	o.Limits = o.Limits.withDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// User is a system that may log in, and what it may do for whom.
type User struct {
	Name         string
	PasswordHash string // by [HashPassword]
	Rights       []Right
}

// Right is what a user may do for one party.
type Right struct {
	Party   string // organisation number (9 digits) or national identity number (11 digits)
	Send    bool   // "write": initiate and upload
	Receive bool   // "read": list, download and confirm
}

// Service is a broker service.
type Service struct {
	Code    string
	Edition int
}

// Limits bound what a client can make the server hold or do. Zero is the default, negative no limit.
type Limits struct {
	File       int64         // bytes of a broker file; 1 GiB, Altinn's documented limit for web services (40204)
	Attachment int64         // bytes of an attachment; 500 MiB, Altinn's limit for services with attachment rules
	Requests   int           // under way at once, once they have said what they want; 256. One more is answered with 503 and Retry-After
	Stall      time.Duration // without a byte either way; 60 s
	Drain      time.Duration // for requests under way when the server stops; 10 s
}

func (l Limits) withDefaults() Limits {
	l.File = cmp.Or(l.File, 1<<30)
	l.Attachment = cmp.Or(l.Attachment, 500<<20)
	l.Requests = cmp.Or(l.Requests, 256)
	l.Stall = cmp.Or(l.Stall, 60*time.Second)
	l.Drain = cmp.Or(l.Drain, 10*time.Second)
	return l
}
