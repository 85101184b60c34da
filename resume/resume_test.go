package resume

import "testing"

func TestWhatIsLeftToBeDone(t *testing.T) {
	for _, test := range []struct {
		record            Record
		done, unconfirmed bool
	}{
		{Record{Direction: Send, State: Planned}, false, false},
		{Record{Direction: Send, State: Initiated}, false, false},
		{Record{Direction: Send, State: Sending}, false, false},
		{Record{Direction: Send, State: Uncertain}, false, false},
		{Record{Direction: Send, State: Sent}, true, false},
		{Record{Direction: Receive, State: Fetching}, false, false},
		{Record{Direction: Receive, State: Fetching, Kept: true}, false, false},
		{Record{Direction: Receive, State: Stored}, false, true},
		{Record{Direction: Receive, State: Stored, Kept: true}, true, false},
		{Record{Direction: Receive, State: Confirmed}, true, false},
		{Record{Direction: Source, State: Digested}, true, false},
	} {
		if done, unconfirmed := test.record.Done(), test.record.Unconfirmed(); done != test.done || unconfirmed != test.unconfirmed {
			t.Errorf("%+v: done %t, unconfirmed %t", test.record, done, unconfirmed)
		}
	}
}
