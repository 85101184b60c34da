package failure_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

func TestErrorTellsStepCauseOutcomeAndAdvice(t *testing.T) {
	err := error(&failure.Error{
		Op: "UploadFileStreamed", Kind: failure.NotZip, Code: 40206, HasCode: true,
		GUID: "1e4e9931", Ambiguous: true, Err: errors.New("not in the expected format"),
	})
	want := "UploadFileStreamed: the file is not a ZIP (code 40206): not in the expected format [error id 1e4e9931]; " +
		"it may have been carried out all the same; pack it into a ZIP (send does so by itself)"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestIsAndKindOfSeeThroughWrapping(t *testing.T) {
	err := fmt.Errorf("job 7: %w", &failure.Error{Kind: failure.AlreadyUploaded})
	if !errors.Is(err, failure.AlreadyUploaded) || errors.Is(err, failure.NotZip) {
		t.Error("errors.Is does not tell the kinds apart")
	}
	if got := failure.KindOf(err); got != failure.AlreadyUploaded {
		t.Errorf("KindOf = %v", got.Name())
	}
	if got := failure.KindOf(fmt.Errorf("x: %w", failure.Disk)); got != failure.Disk {
		t.Errorf("KindOf a bare kind = %v", got.Name())
	}
	if got := failure.KindOf(errors.New("plain")); got != failure.Unknown {
		t.Errorf("KindOf a plain error = %v", got.Name())
	}
}

func TestEveryKindHasARowOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range failure.Kinds() {
		if k.Name() == "" || k.Error() == "" || seen[k.Name()] || seen[k.Error()] {
			t.Errorf("kind %d: name %q, text %q", k, k.Name(), k.Error())
		}
		seen[k.Name()], seen[k.Error()] = true, true
	}
}

func TestWordsOfTheFarSideStayOnOneLine(t *testing.T) {
	err := &failure.Error{Kind: failure.Refused, GUID: "a\r\nb", Err: errors.New("bad\n2026 INFO forged\x1b[2J\u009b1m")}
	if s := err.Error(); strings.ContainsAny(s, "\r\n\x1b\u009b") {
		t.Errorf("control characters survive: %q", s)
	}
}

func TestLoginIsNeverTemporary(t *testing.T) {
	if (&failure.Error{Kind: failure.Unauthenticated}).Temporary() {
		t.Error("a refused login must not be repeated")
	}
	if !(&failure.Error{Kind: failure.Network}).Temporary() {
		t.Error("a broken connection can be tried again")
	}
}
