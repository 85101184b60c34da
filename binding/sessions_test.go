package binding

import (
	"context"
	"testing"
	"time"
)

func TestOnlyTheSessionThatEndedIsForgotten(t *testing.T) {
	s := newSessions()
	defer s.close()
	ended, current := new(session), new(session)
	s.known["a"], s.known["b"] = current, ended
	s.drop("a", ended)
	if s.find("a") != current || s.find("b") != ended {
		t.Error("another session is forgotten")
	}
	s.drop("b", ended)
	if s.find("b") != nil {
		t.Error("it is still known")
	}
}

// Who found no session, and comes to begin one when another has, gets that one.
func TestASessionThatWasBegunSinceIsTaken(t *testing.T) {
	s := newSessions()
	defer s.close()
	current := new(session)
	s.known["a"] = current
	got, err := s.begin(t.Context(), "a", func(context.Context, time.Time) (*session, error) {
		t.Error("a second one is begun")
		return new(session), nil
	})
	if got != current || err != nil {
		t.Errorf("got %p, %v", got, err)
	}
}

func TestASessionIsReplacedInTime(t *testing.T) {
	begun := time.Date(2025, 9, 3, 5, 15, 9, 0, time.UTC)
	for lifetime, usable := range map[time.Duration]time.Duration{
		10 * time.Hour:   10*time.Hour - 5*time.Minute,
		26 * time.Minute: 21 * time.Minute,
		10 * time.Minute: 8 * time.Minute,
		time.Second:      800 * time.Millisecond,
	} {
		if got := renewal(begun, begun.Add(lifetime)).Sub(begun); got != usable {
			t.Errorf("of %v: replaced after %v, want %v", lifetime, got, usable)
		}
	}
	if got := renewal(begun, time.Time{}); !got.IsZero() {
		t.Errorf("one that does not say when it ends is replaced at %v", got)
	}
}
