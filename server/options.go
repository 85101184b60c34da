package server

import (
	"cmp"
	"crypto/x509"
	"io/fs"
	"log/slog"
	"time"
)

// Options of a [Server]. Only Dir and Users are needed.
type Options struct {
	// Dir is the store, made when it is missing. One server at a time works on it; on Unix, a second one is refused.
	Dir string
	// Users are the systems that may log in.
	Users []User
	// Services are those that exist, for files and for forms; nil: any code with any edition.
	Services []Service
	// Attachments are the rules of services that have some for what is attached to their forms.
	Attachments []AttachmentRule
	// Persons are those on whose behalf systems call. Where there are any, an operation that has a place for a person's login
	// asks for it, with a code of GetAuthenticationChallenge. nil: a person's login is not looked at.
	Persons []Person
	// ShowPINs writes the codes that persons are sent to the log, since there is nobody to send them to.
	ShowPINs bool
	// Fixtures is a folder of answers that come before what the server would say itself; nil: there are none. A file is for one
	// operation in all bindings, and called by its base name, GetCaseList.xml:
	//
	//	<answers>
	//	  <answer>
	//	    <when param="languageID" is="1044"/>  <!-- or "searchBE.Reportee", into a parameter; none: fits always -->
	//	    <CaseBE><CaseID>7</CaseID></CaseBE>   <!-- what stands in the result: members, or the text of a simple one -->
	//	  </answer>
	//	  <answer><fault code="60001"/></answer>  <!-- of an undocumented code it needs a text="..." -->
	//	</answers>
	//
	// The first answer is given whose conditions are all met; where there is none, the server answers as if there were no file.
	// Members need no namespaces, and may stand in any order.
	Fixtures fs.FS
	// Limits bound what a client can make the server hold or do.
	Limits Limits
	// ClientRoots vouch for the certificates that begin sessions of the EC2 binding; nil: only those that a user is pinned to do.
	ClientRoots *x509.CertPool
	// Now is the clock that messages of WS and EC2, and codes of persons, are compared with; nil: time.Now.
	Now func() time.Time
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
	// Observer hears of every request, for metrics; nil: nobody.
	Observer Observer
}

func (o Options) withDefaults() Options {
	o.Keep = cmp.Or(o.Keep, 14*24*time.Hour)
	o.Limits = o.Limits.withDefaults()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	return o
}

// User is a system that may log in, and what it may do for whom.
type User struct {
	Name         string
	PasswordHash string // by [HashPassword]
	Rights       []Right
	// Certificates are the SHA-256 of those that the user may begin sessions of the EC2 binding with, in hexadecimal. nil: any that
	// one of the roots vouches for and that is made out to an organisation of the user's rights.
	Certificates []string
}

// Right is what a user may do for one party.
type Right struct {
	Party   string // organisation number (9 digits) or national identity number (11 digits)
	Send    bool   // "write": initiate and upload
	Receive bool   // "read": list, download and confirm
}

// Service is one for files or for forms.
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
