package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/google/go-cmp/cmp"
)

// answers are messages of a service, written by hand.
const answers = "../../archive/testdata/"

// runAgainst runs a command line against a service that gives one answer.
func runAgainst(t *testing.T, answer string, args ...string) (code int, out, screen string) {
	t.Helper()
	far := wiretest.Replay(t, answers+answer)
	var stdout, stderr bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &stdout, err: &stderr, env: func(name string) string {
		return map[string]string{
			"ALTINN_TRANSFER_ENDPOINT": far.URL, "ALTINN_TRANSFER_USER": "SYSTEM-ID", "ALTINN_TRANSFER_PASSWORD_ENV": "PASSWORD",
			"ALTINN_TRANSFER_PARTY": "910075918", "ALTINN_TRANSFER_SERVICE": "4711", "ALTINN_TRANSFER_EDITION": "1",
			"PASSWORD": "SYSTEM-PASSWORD", "PERSON": "USER-PASSWORD", "CODE": "USER-PIN",
		}[name]
	}}
	code = a.run(t.Context(), args)
	return code, stdout.String(), stderr.String()
}

// form writes a form that says which data format it is in.
func form(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "form.xml")
	if err := os.WriteFile(path, []byte(`<melding dataFormatId="5120" dataFormatVersion="41201"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheCommandsOfAFormTaskSayWhatCame(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		args   []string
		code   int
		out    string
		screen string
	}{
		"submit": {
			"formtask-response.http",
			[]string{"shipment", "submit", "--form", form(t), "--reference", "aarsoppgave-2025-4"},
			exitDone,
			`RECEIPT     STATUS  TYPE      CHANGED                  TEXT
13570100    OK      FormTask  2025-09-03T07:10:44.217  Form task & forms taken in
  13570101  OK      FormTask  2025-09-03T07:10:45      Instantiated
ExternalShipmentReference  aarsoppgave-2025-4
PartyReference             910075918
WorkFlowReference          8012345
`, "submitted aarsoppgave-2025-4, element 8012345\n",
		},
		"complete": {
			"complete-response.http",
			[]string{"shipment", "complete", "8012345"},
			exitDone,
			`RECEIPT   STATUS  TYPE      CHANGED                TEXT
13570103  OK      FormTask  2025-09-03T07:20:31.9  Completed and signed
ArchiveReference  AR8012345
`, "completed element 8012345\n",
		},
		"a receipt that says no is an answer": {
			"receipt-response.http",
			[]string{"shipment", "status", "--receipt", "13570100"},
			exitDone,
			`RECEIPT     STATUS            TYPE      CHANGED                TEXT
13570100    ValidationFailed  FormTask  2025-09-03T07:20:31.9  A form is not valid
  13570101  Rejected          FormTask  -                      -
ExternalShipmentReference  aarsoppgave-2025-4
`, "",
		},
		"how long": {"status-response.http", []string{"shipment", "status"}, exitDone, "7 minutes until what is submitted now is processed\n", ""},
		"a code": {
			"challenge-response.http",
			[]string{"shipment", "pin", "--person", "01018012345", "--person-password-env", "PERSON", "--pin-method", "smspin"},
			exitDone,
			"A code was sent to the number that ends in 42\n", "",
		},
		"a refused form task, with its receipt": {
			"refused-response.http",
			[]string{"shipment", "submit", "--form", form(t), "--reference", "ref-9"},
			exitNothingDone,
			`RECEIPT   STATUS            TYPE      CHANGED              TEXT
13570200  ValidationFailed  FormTask  2025-09-03T08:00:00  Form 1 is not valid
`, "altinn-transfer: SubmitFormTask: the service refused the request: receipt 13570200 says ValidationFailed: Form 1 is not valid; " +
				"change what is sent; the same again will be refused again\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, screen := runAgainst(t, test.answer, test.args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if diff := cmp.Diff(test.out, out); diff != "" {
				t.Errorf("stdout (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.screen, screen); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheEventsOfAFormTask(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		args   []string
		want   string // without version and time
	}{
		"receipt": {
			"formtask-response.http",
			[]string{"shipment", "submit", "--form", form(t), "--reference", "aarsoppgave-2025-4"},
			`{"event":"receipt","element":8012345,"id":13570100,"status":"OK","type":"FormTask","text":"Form task & forms taken in","changed":"2025-09-03T07:10:44.217",
			"references":[{"type":"ExternalShipmentReference","value":"aarsoppgave-2025-4"},{"type":"PartyReference","value":"910075918"}],
			"receipts":[{"id":13570101,"parent_id":13570100,"status":"OK","type":"FormTask","text":"Instantiated","changed":"2025-09-03T07:10:45",
			"references":[{"type":"WorkFlowReference","value":"8012345"}]}]}`,
		},
		"wait": {"status-response.http", []string{"shipment", "status"}, `{"event":"wait","minutes":7}`},
		"challenge": {
			"challenge-response.http",
			[]string{"shipment", "pin", "--person", "01018012345", "--person-password-env", "PERSON", "--pin-method", "SMSPin"},
			`{"event":"challenge","message":"A code was sent to the number that ends in 42","valid_from":"2025-09-03T05:00:00.000Z","valid_to":"2025-09-03T05:30:00.000Z"}`,
		},
		"attachments": {
			"archived-response.http",
			[]string{"attachment", "list", "8012345"},
			`{"event":"attachment","id":190017,"name":"Bilag nr. 17","type":"application_pdf","created":"2025-09-03T05:15:09.000Z","encrypted":true}
			{"event":"attachment","id":190018,"name":"","encrypted":false}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, screen := runAgainst(t, test.answer, append(test.args, "--json")...)
			if code != exitDone {
				t.Fatalf("exit code %d: %s", code, screen)
			}
			if diff := cmp.Diff(events(t, test.want), events(t, out)); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// events are lines of JSON without what differs from run to run.
func events(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for decoder := json.NewDecoder(strings.NewReader(text)); decoder.More(); {
		var event map[string]any
		if err := decoder.Decode(&event); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		delete(event, "time")
		delete(event, "version")
		all = append(all, event)
	}
	return all
}

func TestWhatTheCommandsOfAFormTaskDoNotAskFor(t *testing.T) {
	t.Parallel()
	good := []string{"shipment", "submit", "--form", form(t), "--reference", "r"}
	latin1 := filepath.Join(t.TempDir(), "latin1.xml")
	if err := os.WriteFile(latin1, []byte(`<?xml version="1.0" encoding="ISO-8859-1"?><a dataFormatId="1"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no form":                {[]string{"shipment", "submit", "--reference", "r"}, "no form is given"},
		"no reference":           {[]string{"shipment", "submit", "--form", form(t)}, "no reference is given"},
		"a form in Latin-1":      {[]string{"shipment", "submit", "--form", latin1, "--reference", "r"}, "only UTF-8 is sent"},
		"a form that is no XML":  {[]string{"shipment", "submit", "--form", os.Args[0] + ":1:2", "--reference", "r"}, "read form"},
		"a login without person": {append(good, "--pin-method", "SMSPin"), "use --person"},
		"a person's name":        {append(good, "--person", "Kari"), "11 digits"},
		"no password":            {append(good, "--person", "01018012345"), "use --person-password-file, --person-password-env, --person-password-command or --person-password-keyring"},
		"two passwords":          {append(good, "--person", "01018012345", "--person-password-env", "A", "--person-password-file", "b"), "more than one way"},
		"no such method":         {append(good, "--person", "01018012345", "--person-password-env", "PERSON", "--pin-method", "pigeon"), "--pin-method is"},
		"no code":                {append(good, "--person", "01018012345", "--person-password-env", "PERSON", "--pin-method", "SMSPin"), "use --pin-file"},
		"a code without method":  {append(good, "--person", "01018012345", "--person-password-env", "PERSON", "--pin-env", "CODE"), "use --pin-method"},
		"no element":             {[]string{"shipment", "complete", "x"}, "not the element of a form task"},
		"an element below":       {[]string{"attachment", "list", "--", "-4"}, "not the element of a form task"},
		"no value":               {[]string{"shipment", "status", "--reference", "ArchiveReference="}, "has no value"},
		"two questions":          {[]string{"shipment", "status", "--receipt", "1", "--reference", "a"}, "give one"},
		"a code for nobody":      {[]string{"shipment", "pin"}, "use --person"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, screen := runAgainst(t, "status-response.http", test.args...)
			if code != exitUsage || !strings.Contains(screen, test.want) || out != "" {
				t.Errorf("exit code %d, want %d with %q; stdout %q, stderr %q", code, exitUsage, test.want, out, screen)
			}
		})
	}
}

func TestAFormNamesItsDataFormat(t *testing.T) {
	path := form(t)
	for name, test := range map[string]struct {
		text    string
		format  string
		version int
	}{
		"of its root":         {path, "5120", 41201},
		"of the command line": {path + ":7:8", "7", 8},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readForm(test.text)
			if err != nil || got.DataFormat != test.format || got.Version != test.version {
				t.Errorf("got %q version %d, %v", got.DataFormat, got.Version, err)
			}
		})
	}
	if found := formWithFormat.FindStringSubmatch(`C:\forms\a.xml`); found != nil {
		t.Errorf("a drive letter is read as a file: %q", found)
	}
}

func TestAReferenceMayNameItsType(t *testing.T) {
	for text, want := range map[string]archive.Reference{
		"ref-1":                 {Type: archive.ExternalShipmentReference, Value: "ref-1"},
		"archivereference=AR12": {Type: archive.ArchiveReference, Value: "AR12"},
		"a=b":                   {Type: archive.ExternalShipmentReference, Value: "a=b"},
	} {
		got, err := (&shipmentStatus{reference: text}).query()
		if err != nil || got.Reference != want {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
}
