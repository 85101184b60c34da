package bench

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed report.html.tmpl
var page string

// WriteHTML writes the report as one page that needs nothing from elsewhere. older may be nil; else what has changed since it
// stands in front.
func (r *Report) WriteHTML(w io.Writer, older *Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{"figure": figure, "sentence": sentence}).Parse(page)
	if err != nil {
		return err
	}
	shown := struct {
		Made        string
		Facts       [][2]string
		Explanation string
		Notes       []string
		Pictures    []picture
		Parts       []shownPart
		Comparison  *Comparison
	}{
		Made: r.Made.Format("2006-01-02 15:04 MST"), Facts: r.facts(), Explanation: strings.ReplaceAll(explanation, "\n", " "),
		Notes: r.Notes, Pictures: r.pictures(), Parts: r.parts(),
	}
	if older != nil {
		c := Compare(older, r)
		shown.Comparison = &c
	}
	return t.Execute(w, shown)
}

type shownPart struct {
	Title  string
	Tables []table
}

func (r *Report) parts() []shownPart {
	var all []shownPart
	for _, t := range r.tables() {
		if title := partTitles[t.Part]; len(all) == 0 || all[len(all)-1].Title != title {
			all = append(all, shownPart{Title: title})
		}
		last := &all[len(all)-1]
		last.Tables = append(last.Tables, t)
	}
	return all
}
