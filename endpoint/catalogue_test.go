package endpoint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

const testAction = "http://www.altinn.no/services/2009/10/IAltinnContractBase/Test"

func TestPathsAreServices(t *testing.T) {
	bindings := map[string]endpoint.Binding{} // by lower-case path
	for o := range endpoint.All() {
		if !strings.HasPrefix(o.Path, "/") || !strings.HasSuffix(o.Path, ".svc") {
			t.Errorf("%s: path %q is not of the form /....svc", o.Name, o.Path)
		}
		key := strings.ToLower(o.Path)
		if b, seen := bindings[key]; seen && b != o.Binding {
			t.Errorf("%s has operations of %s and of %s", o.Path, b, o.Binding)
		}
		bindings[key] = o.Binding
	}
	if len(bindings) != 41 {
		t.Errorf("%d paths, want 41", len(bindings))
	}
}

func TestAtCoversAll(t *testing.T) {
	var all, byPath []string
	visited := map[string]bool{}
	for o := range endpoint.All() {
		all = append(all, o.Path+" "+o.Name)
		if visited[o.Path] {
			continue
		}
		visited[o.Path] = true
		for o := range endpoint.At(o.Path) {
			byPath = append(byPath, o.Path+" "+o.Name)
		}
	}
	same(t, byPath, all)
}

func TestIterationCanStop(t *testing.T) {
	for range endpoint.All() {
		break
	}
	for range endpoint.At("/ServiceEngineExternal/BrokerServiceExternalBasic.svc") {
		break
	}
}

func TestAnActionMeansOneOperationOfItsPath(t *testing.T) {
	actions, bodies := map[string]string{}, map[string]string{}
	for o := range endpoint.All() {
		if o.Action() == "" || o.ReplyAction() == "" || o.FaultAction() == "" {
			t.Errorf("%s at %s has no action", o.Name, o.Path)
		}
		for _, name := range append([]string{o.Name}, o.Also...) {
			o.Name = name
			unique(t, actions, o.Path+" "+o.Action(), o.Name)
			unique(t, bodies, o.Path+" "+o.Namespace+" "+o.RequestWrapper(), o.Name)
		}
	}
}

func unique(t *testing.T, taken map[string]string, key, name string) {
	t.Helper()
	if other, ok := taken[key]; ok {
		t.Errorf("%s means both %s and %s", key, other, name)
	}
	taken[key] = name
}

func TestABaseNameMeansOneOperationOfItsBinding(t *testing.T) {
	names := map[string][]string{}
	for o := range endpoint.All() {
		if o.Base != "Test" {
			key := o.Base + " " + o.Binding.String()
			names[key] = append(names[key], o.Name)
		}
	}
	twice := map[string][]string{"GetPrefillData Basic": {"GetPrefillDataBasicV2", "GetPrefillDataBasic"}}
	for key, got := range names {
		if len(got) > 1 && !slices.Equal(got, twice[key]) {
			t.Errorf("%s is %v", key, got)
		}
	}
}

// The trap: portType, service and URL say EC2, the operation and its action say EC.
func TestEC2IsInPathsOnly(t *testing.T) {
	for o := range endpoint.All() {
		if strings.Contains(o.Path, "EC2") != (o.Binding == endpoint.EC2) {
			t.Errorf("%s is a path of %s", o.Path, o.Binding)
		}
		for _, s := range append([]string{o.Name, o.Base, o.Interface, o.Namespace, o.Wrapper, string(o.Result)}, o.Also...) {
			if strings.Contains(s, "EC2") {
				t.Errorf("%s at %s: %q contains EC2", o.Base, o.Path, s)
			}
		}
		if o.Binding == endpoint.EC2 && o.Base != "Test" && !(strings.Contains(o.Name, "EC") && strings.Contains(o.Interface, "EC")) {
			t.Errorf("%s of %s does not say EC", o.Name, o.Interface)
		}
	}
}

func TestEvidence(t *testing.T) {
	seen := map[endpoint.Binding]int{}
	for o := range endpoint.All() {
		if o.Base == "Test" {
			continue
		}
		if o.Evidence == endpoint.Seen {
			seen[o.Binding]++
		}
		if o.Binding == endpoint.EC2 && o.Evidence != endpoint.Seen {
			t.Errorf("%s: every contract of EC2 was seen", o.Name)
		}
		if (o.Service == "Workflow") != (o.Evidence == endpoint.Guessed) {
			t.Errorf("%s is %s; what is guessed is Workflow, of which no contract was found", o.Name, o.Evidence)
		}
	}
	// of 53, 48 and 37; who finds another contract changes the rows, then these
	want := map[endpoint.Binding]int{endpoint.Basic: 24, endpoint.WS: 10, endpoint.EC2: 37}
	for b, n := range want {
		if seen[b] != n {
			t.Errorf("%d operations of %s seen, want %d", seen[b], b, n)
		}
	}
}

func TestDoubtfulRowsHaveANote(t *testing.T) {
	for o := range endpoint.All() {
		if (o.Evidence != endpoint.Seen || o.Misprinted()) && o.Note == "" {
			t.Errorf("%s at %s: not seen or misprinted, without a note", o.Name, o.Path)
		}
		if o.Note != "" && !strings.HasSuffix(o.Note, ".") {
			t.Errorf("%s at %s: the note %q is no sentence", o.Name, o.Path, o.Note)
		}
	}
}

func TestTestIsEverywhere(t *testing.T) {
	for o := range endpoint.All() {
		test, ok := endpoint.Lookup(o.Path, testAction)
		if !ok {
			t.Fatalf("%s has no Test", o.Path)
		}
		if test.Service != o.Service || test.Binding != o.Binding || test.MTOM != o.MTOM || test.InTable || test.TableService != "" {
			t.Errorf("Test of %s: %+v", o.Path, test)
		}
		if test.RequestWrapper() != "Test" || test.ReplyWrapper() != "TestResponse" || len(test.Params) != 0 || test.ResultElement() != "" {
			t.Errorf("Test of %s takes or gives something: %+v", o.Path, test)
		}
	}
	if o, ok := endpoint.Find("Test", endpoint.Basic); ok {
		t.Errorf("Find found Test at %s, as if it were there only", o.Path)
	}
}

func TestCatalogueCannotBeChanged(t *testing.T) {
	get := func() endpoint.Operation {
		o, ok := endpoint.Find("SubmitAttachmentStreamed", endpoint.WS)
		if !ok {
			t.Fatal("no SubmitAttachmentStreamed")
		}
		return o
	}
	spoilt := get()
	spoilt.Params[0].Name = "spoilt"
	spoilt.Headers[0].Name = "spoilt"
	spoilt.Headers[2].Also[0] = "spoilt"
	_ = append(spoilt.Headers[:1], spoilt.Headers[2:]...)
	if o := get(); o.Params[0].Name != "dataStream" || o.Headers[0].Name != "AttachmentTypeName" ||
		o.Headers[1].Name != "CheckSum" || o.Headers[2].Also[0] != "EndUserSystemReference" {
		t.Errorf("a caller changed the catalogue: %+v", o)
	}
	archive, _ := endpoint.Find("GetAttachmentDataStreamed", endpoint.Basic)
	archive.Also[0] = "spoilt"
	if o, _ := endpoint.Find("GetAttachmentDataStreamed", endpoint.Basic); o.Also[0] == "spoilt" {
		t.Error("a caller changed another name")
	}
}
