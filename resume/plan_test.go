package resume_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/resume"
)

// sendTable has one row for every case of a send: what stands in the record, what the service said to which step, and what
// comes of it. "*" is anything. A reference is own when the service gave it in this run.
const sendTable = `
	record     reference  again  step      answer    | put        new  do

	none       *          *      -         -         | planned    -    initiate
	planned    *          *      -         -         | -          -    initiate
	initiated  *          *      -         -         | sending    -    upload
	sending    *          *      -         -         | -          -    upload
	uncertain  *          *      -         -         | -          -    upload
	sent       *          no     -         -         | -          -    skip
	sent       *          again  -         -         | planned    new  initiate
	fetching   *          *      -         -         | planned    -    initiate

	planned    *          *      initiate  done      | sending    -    upload
	planned    *          *      initiate  has       | planned    -    give up
	planned    *          *      initiate  unknown   | planned    -    give up
	planned    *          *      initiate  not done  | planned    -    give up
	planned    *          *      initiate  lost      | planned    -    give up
	planned    *          *      initiate  wrong     | planned    -    give up

	clean      *          *      upload    done      | sent       -    finish
	clean      *          *      upload    lost      | uncertain  -    give up
	clean      *          *      upload    not done  | initiated  -    give up
	clean      *          *      upload    wrong     | initiated  -    give up
	clean      *          no     upload    has       | initiated  -    give up
	clean      *          again  upload    has       | planned    new  initiate
	clean      old        *      upload    unknown   | planned    -    initiate
	clean      own        *      upload    unknown   | planned    -    give up

	sending    *          *      upload    done      | sent       -    finish
	sending    *          *      upload    lost      | uncertain  -    give up
	sending    *          *      upload    not done  | sending    -    give up
	sending    *          *      upload    wrong     | initiated  -    give up
	sending    *          *      upload    has       | sent       -    finish
	sending    *          no     upload    unknown   | uncertain  -    ask
	sending    *          again  upload    unknown   | planned    new  initiate

	uncertain  *          *      upload    done      | sent       -    finish
	uncertain  *          *      upload    lost      | uncertain  -    give up
	uncertain  *          *      upload    not done  | uncertain  -    give up
	uncertain  *          *      upload    wrong     | initiated  -    give up
	uncertain  *          *      upload    has       | sent       -    finish
	uncertain  *          no     upload    unknown   | uncertain  -    ask
	uncertain  *          again  upload    unknown   | planned    new  initiate
`

func TestNextSend(t *testing.T) {
	rows := readTable(sendTable)
	used := make([]bool, len(rows))
	for _, facts := range allSendFacts() {
		matches := 0
		for i, row := range rows {
			if !row.fits(words(facts)) {
				continue
			}
			matches++
			used[i] = true
			if got, want := outcome(resume.NextSend(facts)), row.want; got != want {
				t.Errorf("%q: %q, not %q", words(facts), got, want)
			}
		}
		if matches != 1 {
			t.Errorf("%q: %d rows", words(facts), matches)
		}
	}
	for i, row := range rows {
		if !used[i] {
			t.Errorf("row %q is of no case", row.when)
		}
	}
}

// What must hold whatever the table says.
func TestNothingIsSentTwiceUnasked(t *testing.T) {
	for _, facts := range allSendFacts() {
		step, mayStand := resume.NextSend(facts), facts.State == resume.Uncertain || facts.State == resume.Sending && !facts.Clean
		if step.Do == resume.SendInitiate && (mayStand || facts.State == resume.Sent) && !facts.Again {
			t.Errorf("%q: begun anew", words(facts))
		}
		proven := facts.Answer == resume.AnswerDone || facts.Answer == resume.AnswerHas && mayStand
		if step.Put == resume.Sent && !(facts.Did == resume.SendUpload && proven) {
			t.Errorf("%q: taken for sent", words(facts))
		}
		if (step.Put == resume.Sent) != (step.Do == resume.SendFinish) {
			t.Errorf("%q: %q", words(facts), outcome(step))
		}
		if step.Do == resume.SendUpload && step.Put == "" && !mayStand {
			t.Errorf("%q: an upload that the record does not tell of", words(facts))
		}
	}
}

func TestAReferenceIsKeptWhenTheRunIsStopped(t *testing.T) {
	got := resume.NextSend(resume.SendFacts{State: resume.Planned, Did: resume.SendInitiate, Answer: resume.AnswerDone, Own: true, Stopped: true})
	if want := (resume.SendStep{Put: resume.Initiated, Do: resume.SendGiveUp}); got != want {
		t.Errorf("%+v", got)
	}
}

// allSendFacts are the cases that can come up.
func allSendFacts() (all []resume.SendFacts) {
	answers := []resume.Answer{
		resume.AnswerDone, resume.AnswerHas, resume.AnswerUnknown, resume.AnswerNotDone, resume.AnswerLost, resume.AnswerWrong,
	}
	for n := range 4 {
		f := resume.SendFacts{Own: n&1 != 0, Again: n&2 != 0}
		for _, f.State = range []resume.State{
			"", resume.Planned, resume.Initiated, resume.Sending, resume.Uncertain, resume.Sent, resume.Fetching,
		} {
			all = append(all, f)
		}
		for _, f.Answer = range answers {
			f.Did, f.State = resume.SendInitiate, resume.Planned
			all = append(all, f)
			f.Did = resume.SendUpload
			for _, f.State = range []resume.State{resume.Sending, resume.Uncertain} {
				all = append(all, f)
			}
			f.State, f.Clean = resume.Sending, true
			all = append(all, f)
			f.Clean = false
		}
	}
	return all
}

// words are a case as the table writes it.
func words(f resume.SendFacts) [5]string {
	w := [5]string{string(f.State), "old", "no", "-", "-"}
	if f.State == "" {
		w[0] = "none"
	}
	if f.Clean {
		w[0] = "clean"
	}
	if f.Own {
		w[1] = "own"
	}
	if f.Again {
		w[2] = "again"
	}
	if f.Did != "" {
		w[3], w[4] = string(f.Did), string(f.Answer)
	}
	return w
}

func outcome(s resume.SendStep) string {
	put, anew := string(s.Put), "-"
	if put == "" {
		put = "-"
	}
	if s.New {
		anew = "new"
	}
	return fmt.Sprintf("%s, %s, %s", put, anew, s.Do)
}

type tableRow struct {
	when [5]string
	want string
}

func (r tableRow) fits(w [5]string) bool {
	for i, word := range r.when {
		if word != "*" && word != w[i] {
			return false
		}
	}
	return true
}

func readTable(text string) (rows []tableRow) {
	for line := range strings.Lines(text) {
		when, want, ok := strings.Cut(line, "|")
		if cells := columns(when); ok && cells[0] != "record" {
			rows = append(rows, tableRow{[5]string(cells), strings.Join(columns(want), ", ")})
		}
	}
	return rows
}

// columns are what stands two spaces or more apart.
func columns(text string) (cells []string) {
	for cell := range strings.SplitSeq(strings.TrimSpace(text), "  ") {
		if cell = strings.TrimSpace(cell); cell != "" {
			cells = append(cells, cell)
		}
	}
	return cells
}
