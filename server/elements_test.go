package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReporteeElements(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.reference, s.forms = "min", s.forms+strings.Replace(strings.Replace(s.forms, "1201", "1301", 1), "true", "false", 1)
	s.attachments = attached("a.pdf", "", "x")
	open := f.ship(asSender, s).good(t).reference(t, "WorkFlowReference")
	sent := f.task()
	f.complete(asSender, sent).good(t)
	f.restart()

	list := func(as login, members string) answer {
		return f.ask(as, elementPath, nsElements, "GetReporteeElementListBasicV2", `<searchBE xmlns:r="http://schemas.altinn.no/services/Archive/ReporteeArchive/2009/10">`+
			regexp.MustCompile(`<(/?)`).ReplaceAllString(members, "<${1}r:")+`</searchBE><languageID>1044</languageID>`)
	}
	const mine = `<Reportee>` + sender + `</Reportee>`
	yesterday, tomorrow := time.Now().AddDate(0, 0, -1).Format(time.DateOnly), time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	for _, c := range []struct {
		name, members string
		want          []string
	}{
		{"all", mine, []string{open, sent}},
		{"as recorded", `<FromDate>` + yesterday + `</FromDate>` + mine + `<ToDate>` + tomorrow + `</ToDate>`, []string{open, sent}},
		{"earlier", mine + `<ToDate>` + yesterday + `</ToDate>`, nil},
		{"later", `<FromDate>` + tomorrow + `</FromDate>` + mine, nil},
		{"to be processed", mine + `<ToBeProcessed>true</ToBeProcessed>`, []string{open}},
		{"archived", mine + `<SentAndArchived>true</SentAndArchived>`, []string{sent}},
		{"by its archive reference", `<ArchiveReference>AR` + sent + `</ArchiveReference>` + mine, []string{sent}},
		{"of a service", mine + `<ServiceCodeList><string>1</string><string>4711</string></ServiceCodeList>`, []string{open, sent}},
		{"of another service", mine + `<ServiceCodeList><string>1</string></ServiceCodeList>`, nil},
	} {
		var got []string
		for _, m := range regexp.MustCompile(`<ReporteeElementId[^>]*>(\d+)<`).FindAllStringSubmatch(list(asSender, c.members).good(t).body, -1) {
			got = append(got, m[1])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	list(asSender, mine).holds(t, ">FillIn<", ">Archive<", ">FormTask<", ">250301<", ">AR"+sent+"<")
	for name, a := range map[string]answer{
		"another's":  list(asRecipient, mine),
		"of nobody":  list(asSender, ""),
		"a bad date": list(asSender, `<FromDate>soon</FromDate>`+mine),
	} {
		if want := map[bool]int{true: 0, false: 30001}[name == "a bad date"]; a.fault() != want {
			t.Errorf("%s: %d %s", name, a.fault(), a.body)
		}
	}

	set := func(as login, name, element string) answer {
		return f.ask(as, elementPath, nsElements, name, `<reporteeElementID>`+element+`</reporteeElementID><languageID>1044</languageID>`)
	}
	elements := set(asSender, "GetFormSetElementsBasicV2", open).good(t)
	elements.holds(t, ">MainForm<", ">SubForm<", ">BinaryAttachment<", ">Valid<", ">NotValidated<", ">Vedlegg a.pdf<", ">1301<")
	set(asSender, "GetFormSetDataBasic", open).good(t).holds(t, "Været er bra", ">1201<", ">1301<")
	for _, name := range []string{"GetFormSetElementsBasicV2", "GetFormSetDataBasic"} {
		if a := set(asRecipient, name, open); a.fault() != 14 {
			t.Errorf("%s of another: %d %s", name, a.fault(), a.body)
		}
		if a := set(asSender, name, "x"); a.fault() != 0 {
			t.Errorf("%s of no number: %d %s", name, a.fault(), a.body)
		}
	}
}

// The texts of forms are in a file that an update replaces by another.
func TestFormsAreReadWhileTheyAreUpdated(t *testing.T) {
	f := start(t, nil)
	s := aShipment()
	s.forms = strings.Replace(s.forms, "true", "false", 1)
	open := f.ship(asSender, s).good(t).reference(t, "WorkFlowReference")
	updated := make(chan bool)
	go func() {
		defer close(updated)
		for i := range 50 {
			if a := f.update(asSender, open, "", formUpdate("1201", "8765", fmt.Sprint("text ", i))); a.status != http.StatusOK {
				t.Errorf("update %d: %d %s", i, a.status, a.body)
			}
		}
	}()
	for running := true; running; {
		select {
		case <-updated:
			running = false
		default:
		}
		f.ask(asSender, elementPath, nsElements, "GetFormSetDataBasic", `<reporteeElementID>`+open+`</reporteeElementID><languageID>1044</languageID>`).good(t)
	}
}
