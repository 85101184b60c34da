package main

import "github.com/altinn-transfer/altinn-transfer/transfer"

// watchingEvent says that a drop folder is watched from now on.
type watchingEvent struct {
	eventHead
	Path   string `json:"path"`
	Sent   string `json:"sent"`   // where files go that were sent
	Failed string `json:"failed"` // where files go that were refused
}

// movedEvent says that a file of a drop folder is finished with.
type movedEvent struct {
	eventHead
	Key    string `json:"key"`
	Path   string `json:"path"`             // where it is now
	Reason string `json:"reason,omitempty"` // the file that says why it was not sent
}

// postponedEvent says that a file stays in the drop folder and is sent again later.
type postponedEvent struct {
	eventHead
	Key         string  `json:"key"`
	WaitSeconds float64 `json:"wait_seconds"`
}

// folderEvent says that a drop folder could not be looked at, or a file in it not be moved. It is tried again.
type folderEvent struct {
	eventHead
	Key string `json:"key,omitempty"` // of the file; not there when it is the folder
	problem
}

// checkEvent says what a check found, when that has been received.
type checkEvent struct {
	eventHead
	Found       bool    `json:"found"`
	WaitSeconds float64 `json:"wait_seconds"` // until the next check
	*problem            // of the check, or of the list
}

func newCheckEvent(c transfer.Check) checkEvent {
	event := checkEvent{eventHead: head("check"), Found: c.Found, WaitSeconds: c.Wait.Seconds()}
	if c.Err != nil {
		p := newProblem(c.Err)
		event.problem = &p
	}
	return event
}
