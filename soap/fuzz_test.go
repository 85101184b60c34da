package soap_test

import (
	"testing"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// Whatever an envelope holds, reading it does not panic, and what was read as a fault is the same fault when it is written and
// read again.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{answer, fault, fault989, faultUnforeseen, fault12, faultBadToken, faultBare, faultNoNumber} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, root []byte) {
		envelope, err := soap.ParseEnvelope(root)
		if err != nil {
			return
		}
		fault := envelope.Fault()
		if fault == nil {
			return
		}
		if fault.Error() == "" && fault.Altinn == nil {
			t.Errorf("a fault says nothing: %+v", fault)
		}
		if again := reread(t, fault, envelope.Version); again.Code != fault.Code || again.Reason != fault.Reason || again.Kind() != fault.Kind() {
			t.Errorf("%+v came back as %+v", fault, again)
		}
	})
}

func reread(t *testing.T, fault *soap.Fault, version soap.Version) *soap.Fault {
	t.Helper()
	written := (&soap.Envelope{Version: version, Body: fault.Element(version)}).Bytes()
	envelope, err := soap.ParseEnvelope(written)
	if err != nil {
		t.Fatalf("%v in %s", err, written)
	}
	again := envelope.Fault()
	if again == nil {
		t.Fatalf("no fault in %s", written)
	}
	return again
}
