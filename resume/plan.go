package resume

// SendAction is a step of a send.
type SendAction string

// The steps. The last four end an attempt.
const (
	SendInitiate SendAction = "initiate" // ask the service for a reference
	SendUpload   SendAction = "upload"   // send the file on the reference of the record
	SendFinish   SendAction = "finish"   // it is sent
	SendSkip     SendAction = "skip"     // it was sent before
	SendGiveUp   SendAction = "give up"  // this attempt has failed; another may help
	SendAsk      SendAction = "ask"      // the file may have been delivered, and nobody but a person can say whether to send it anew
)

// Answer is what is known of how a step ended at the service.
type Answer string

// The answers.
const (
	AnswerDone    Answer = "done"     // it was carried out
	AnswerHas     Answer = "has"      // not carried out: the reference has its file already
	AnswerUnknown Answer = "unknown"  // not carried out: the service does not know the reference
	AnswerNotDone Answer = "not done" // not carried out, for another reason
	AnswerLost    Answer = "lost"     // it may have been carried out
	AnswerWrong   Answer = "wrong"    // it was carried out with other bytes than were meant
)

// SendFacts are all that the next step of a send depends on.
type SendFacts struct {
	State   State      // of the record; "" when there is none
	Clean   bool       // State is Sending, and no upload was begun on the reference before this attempt's
	Own     bool       // the reference was given in this run
	Again   bool       // what was sent before is to be sent as a shipment of its own
	Stopped bool       // the run was told to stop
	Did     SendAction // the step before, which was SendInitiate or SendUpload
	Answer  Answer     // to Did; both are "" at the start of an attempt
}

// SendStep is what comes next.
type SendStep struct {
	Put State      // what the record becomes, on disk, before Do; "" leaves it. Planned forgets the reference
	New bool       // the record becomes one of a new generation
	Do  SendAction // when the record is on disk
}

// NextSend is the next step of a send. A file is sent anew only when nothing can have come of what went before, or when that
// was asked for.
func NextSend(f SendFacts) SendStep {
	switch f.Did {
	case SendInitiate:
		return f.afterInitiate()
	case SendUpload:
		return f.afterUpload()
	}
	return f.first()
}

func (f SendFacts) first() SendStep {
	switch f.State {
	case Planned:
		return SendStep{Do: SendInitiate}
	case Initiated:
		return SendStep{Put: Sending, Do: SendUpload}
	case Sending, Uncertain:
		return SendStep{Do: SendUpload}
	case Sent:
		if f.Again {
			return SendStep{Put: Planned, New: true, Do: SendInitiate}
		}
		return SendStep{Do: SendSkip}
	}
	return SendStep{Put: Planned, Do: SendInitiate}
}

func (f SendFacts) afterInitiate() SendStep {
	switch {
	case f.Answer != AnswerDone:
		return SendStep{Put: Planned, Do: SendGiveUp}
	case f.Stopped:
		return SendStep{Put: Initiated, Do: SendGiveUp}
	}
	return SendStep{Put: Sending, Do: SendUpload}
}

func (f SendFacts) afterUpload() SendStep {
	switch f.Answer {
	case AnswerDone:
		return SendStep{Put: Sent, Do: SendFinish}
	case AnswerHas:
		return f.afterHas()
	case AnswerUnknown:
		return f.afterUnknown()
	case AnswerLost:
		return SendStep{Put: Uncertain, Do: SendGiveUp}
	case AnswerWrong:
		return SendStep{Put: Initiated, Do: SendGiveUp} // never taken for done: a later AnswerHas is an error
	}
	if f.mayStand() {
		return SendStep{Put: f.State, Do: SendGiveUp}
	}
	return SendStep{Put: Initiated, Do: SendGiveUp}
}

// afterHas takes the file at the service for ours when we may have sent it.
func (f SendFacts) afterHas() SendStep {
	switch {
	case f.mayStand():
		return SendStep{Put: Sent, Do: SendFinish}
	case f.Again:
		return SendStep{Put: Planned, New: true, Do: SendInitiate}
	}
	return SendStep{Put: Initiated, Do: SendGiveUp}
}

// afterUnknown is mostly after the time for which a service keeps a reference.
func (f SendFacts) afterUnknown() SendStep {
	switch {
	case f.mayStand() && f.Again:
		return SendStep{Put: Planned, New: true, Do: SendInitiate}
	case f.mayStand():
		return SendStep{Put: Uncertain, Do: SendAsk}
	case f.Own:
		return SendStep{Put: Planned, Do: SendGiveUp} // a service that does not know what it gave would be asked for ever
	}
	return SendStep{Put: Planned, Do: SendInitiate}
}

// mayStand reports whether an upload that was begun before may have been carried out.
func (f SendFacts) mayStand() bool { return f.State == Uncertain || f.State == Sending && !f.Clean }
