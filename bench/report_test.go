package bench

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata anew")

// What people and benchstat read of a report, whole.
func TestReportReadsAsBefore(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"report.md": sample().WriteMarkdown, "lines.txt": sample().WriteLines,
		"report.html": func(w io.Writer) error { return sample().WriteHTML(w, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("it is not as in %s; look at it, and write it anew with -update:\n%s", golden, got.String())
			}
		})
	}
}

func TestPageNeedsNoNetworkAndEscapes(t *testing.T) {
	var page bytes.Buffer
	if err := sample().WriteHTML(&page, sample()); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(page.String(), `xmlns="http://www.w3.org/2000/svg"`, "")
	for _, never := range []string{"http://", "https://", "<script", "src=", "href=", "url(", "<fast>"} {
		if strings.Contains(text, never) {
			t.Errorf("there is %q in the page", never)
		}
	}
	if !strings.Contains(text, "What has changed") {
		t.Error("the comparison is missing")
	}
	pictures := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page.String(), -1)
	if len(pictures) != 7 {
		t.Errorf("%d pictures", len(pictures))
	}
	for _, picture := range pictures {
		if strings.Contains(picture, "NaN") || strings.Contains(picture, "Inf") {
			t.Errorf("a point is nowhere: %s", picture)
		}
		wellFormed(t, picture)
	}
}

func wellFormed(t *testing.T, document string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v: %s", err, document)
		}
	}
}

func TestReportComesBackFromItsJSON(t *testing.T) {
	var text bytes.Buffer
	if err := sample().WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	back, err := ReadReport(&text)
	if err != nil || !reflect.DeepEqual(back, sample()) {
		t.Errorf("%v: %+v", err, back)
	}
}
