package failure

// Kind is what went wrong, for a program to branch on. A Kind is an error itself, so errors.Is(err, failure.NotFound) works.
type Kind uint8

// The kinds. Codes in parentheses are Altinn's.
const (
	Unknown         Kind = iota
	Usage                // the caller asked for something that cannot be
	Network              // no connection, or a connection that broke
	Stalled              // no byte moved for the stall time
	Unavailable          // the service is there but busy or down (HTTP 502, 503, 504)
	Unauthenticated      // wrong user name or password, or locked out (0, 5, 44, 989)
	SessionExpired       // the session ended, or the service does not know it; nothing was carried out (BadContextToken)
	Forbidden            // no right to do this (40201, 40211, 40215, 40216)
	NotFound             // nothing there, or not ready (40207, 40212)
	Refused              // the service refused what was asked (40202, 40210, 40213, 40214 and any other fault)
	TooLarge             // above a size limit (40204)
	Empty                // no data (40205)
	NotZip               // not a ZIP file (40206)
	Infected             // stopped by the virus check (40209)
	AlreadyUploaded      // the reference has its file already (40208)
	Integrity            // what came is not what was sent: cut, wrong size, wrong digest
	Protocol             // the answer is not a message this engine understands
	Source               // the file to be sent cannot be read, or changed meanwhile
	BadName              // the file's name cannot be used on this machine
	Disk                 // the local disk or directory refuses
	Interrupted          // told to stop
	Incomplete           // a part of it is not there yet
	InUse                // another process uses what this needs
)

type kindRow struct {
	name      string // one word, for machines
	text      string
	temporary bool
	hint      string
}

// One row a kind, in the order of the constants.
var kinds = [...]kindRow{
	Unknown:         {"unknown", "failed", false, ""},
	Usage:           {"usage", "cannot be done as asked", false, ""},
	Network:         {"network", "connection failed", true, "check the endpoint and the network, then run it again"},
	Stalled:         {"stalled", "the connection stalled", true, "run it again"},
	Unavailable:     {"unavailable", "the service is not available now", true, "try again later"},
	Unauthenticated: {"unauthenticated", "login refused", false, "do not repeat this: more tries can lock the user out; check user and password, and in EC2 the certificate"},
	SessionExpired:  {"session-expired", "the session has ended", true, "run it again; a new session is begun"},
	Forbidden:       {"forbidden", "no right to do this", false, "ask the service owner for the right, or check which party is used"},
	NotFound:        {"not-found", "nothing to be had on this reference", false, "check the reference or number; what it names may be taken, expired, or not ready yet"},
	Refused:         {"refused", "the service refused the request", false, "change what is sent; the same again will be refused again"},
	TooLarge:        {"too-large", "the file is too large for this service", false, "send it in smaller files"},
	Empty:           {"empty", "the file is empty", false, "send a file that holds something"},
	NotZip:          {"not-zip", "the file is not a ZIP", false, "pack it into a ZIP (send does so by itself)"},
	Infected:        {"infected", "stopped by the virus check", false, "clean the file before it is sent again"},
	AlreadyUploaded: {"already-uploaded", "a file was already uploaded on this reference", false, "the earlier upload stands; initiate a new reference for another file"},
	Integrity:       {"integrity", "what arrived is not whole", true, "nothing was kept; run it again"},
	Protocol:        {"protocol", "no answer that this service would give", false, "check that the endpoint is the right address"},
	Source:          {"source", "the file to be sent cannot be read", false, "check the file, then run it again"},
	BadName:         {"bad-name", "the file's name cannot be used here", false, "the file stays at the service; fetch it under a name of your own"},
	Disk:            {"disk", "the local disk refuses", false, "check space and rights of the directory, then run it again"},
	Interrupted:     {"interrupted", "stopped before it was done", true, "run the same command again"},
	Incomplete:      {"incomplete", "not all of it is there yet", true, "run the same command again later"},
	InUse:           {"in-use", "in use by another process", true, "wait until that process has ended"},
}

// Kinds lists every kind, in order, for tables that must cover them all.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

func (k Kind) row() kindRow {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return kinds[Unknown]
}

// Error is the kind in words for a person.
func (k Kind) Error() string { return k.row().text }

// Name is the kind as one word for a machine ("not-zip"); it does not change between versions.
func (k Kind) Name() string { return k.row().name }
