package resume

// ReceiveStep is what comes next for a file that is received.
type ReceiveStep int

// The steps.
const (
	// ReceiveDownload downloads into the part file, on with what it holds, and gives it its final name.
	ReceiveDownload ReceiveStep = iota
	// ReceiveCompare compares what lies at the record's path with what the service gives. The same is stored; else the file
	// is not ours, and the next step is ReceiveDownload.
	ReceiveCompare
	// ReceiveConfirm tells the service that the file is stored.
	ReceiveConfirm
	// ReceiveLeave leaves the file at the service, because its name exists in the directory.
	ReceiveLeave
	// ReceiveDone does nothing.
	ReceiveDone
)

// String is the step in a word.
func (s ReceiveStep) String() string {
	names := [...]string{"download", "compare", "confirm", "leave", "done"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Receiving is all that the next step of a file depends on.
type Receiving struct {
	Record Record // zero: the journal knows nothing
	Part   bool   // the part file is there, and has no other name
	Final  bool   // a plain file is at the record's path
	Taken  bool   // something is in the directory under the name that the service gives
	// Waiting is whether the service lists the file as one that was not confirmed.
	Waiting        bool
	NoConfirm      bool // the file is to stay at the service
	IgnoreExisting bool // a name that exists is left alone
}

// Next is the next step.
//
// A part file vanishes when it gets its final name, and only then. So a file under its final name and no part are what a
// process leaves that ended between the rename and the record of it; or somebody else's file, and a part that was never begun.
func (r Receiving) Next() ReceiveStep {
	switch r.Record.State {
	case Stored:
		return r.confirmIf(true)
	case Confirmed:
		return r.confirmIf(r.Waiting)
	case Fetching:
		if r.Final && !r.Part {
			return ReceiveCompare
		}
	}
	if r.Taken && r.IgnoreExisting {
		return ReceiveLeave
	}
	return ReceiveDownload
}

// confirmIf confirms where that says something new: a service that lists a confirmed file as waiting has not heard it.
func (r Receiving) confirmIf(unheard bool) ReceiveStep {
	if r.NoConfirm || !unheard {
		return ReceiveDone
	}
	return ReceiveConfirm
}
