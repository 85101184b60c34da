package resume

import (
	"fmt"
	"testing"
)

func TestReceivingNext(t *testing.T) {
	part, final, taken := 1, 2, 4
	for _, test := range []struct {
		state     State
		disk      int
		next      ReceiveStep // of a file that waits, to be confirmed
		noConfirm ReceiveStep
		confirmed ReceiveStep // listed as confirmed
		ignore    ReceiveStep // with IgnoreExisting
	}{
		{"", 0, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveDownload},
		{"", taken, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveLeave},

		{Fetching, 0, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveDownload},
		{Fetching, part, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveDownload},
		{Fetching, part | taken, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveLeave},
		{Fetching, part | final | taken, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveLeave},
		{Fetching, final | taken, ReceiveCompare, ReceiveCompare, ReceiveCompare, ReceiveCompare},
		{Fetching, final, ReceiveCompare, ReceiveCompare, ReceiveCompare, ReceiveCompare}, // under the name with the reference
		{Fetching, taken, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveLeave},

		{Stored, final | taken, ReceiveConfirm, ReceiveDone, ReceiveConfirm, ReceiveConfirm},
		{Stored, 0, ReceiveConfirm, ReceiveDone, ReceiveConfirm, ReceiveConfirm},
		{Stored, part, ReceiveConfirm, ReceiveDone, ReceiveConfirm, ReceiveConfirm},

		{Confirmed, final | taken, ReceiveConfirm, ReceiveDone, ReceiveDone, ReceiveConfirm},
		{Confirmed, 0, ReceiveConfirm, ReceiveDone, ReceiveDone, ReceiveConfirm},

		{Sent, final | taken, ReceiveDownload, ReceiveDownload, ReceiveDownload, ReceiveLeave}, // no record of ours
	} {
		t.Run(fmt.Sprintf("%s %03b", test.state, test.disk), func(t *testing.T) {
			at := Receiving{
				Record: Record{State: test.state}, Waiting: true,
				Part: test.disk&part > 0, Final: test.disk&final > 0, Taken: test.disk&taken > 0,
			}
			check := func(name string, want ReceiveStep, change func(*Receiving)) {
				t.Helper()
				r := at
				change(&r)
				if got := r.Next(); got != want {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
			check("as it is", test.next, func(*Receiving) {})
			check("not to be confirmed", test.noConfirm, func(r *Receiving) { r.NoConfirm = true })
			check("listed as confirmed", test.confirmed, func(r *Receiving) { r.Waiting = false })
			check("existing names ignored", test.ignore, func(r *Receiving) { r.IgnoreExisting = true })
		})
	}
}
