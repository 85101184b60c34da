package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// eventTypes are the structs of all events.
var eventTypes = map[string]reflect.Type{
	"start": reflect.TypeFor[startEvent](), "progress": reflect.TypeFor[progressEvent](), "retry": reflect.TypeFor[retryEvent](),
	"reading": reflect.TypeFor[readingEvent](),
	"done":    reflect.TypeFor[doneEvent](), "skipped": reflect.TypeFor[skippedEvent](), "error": reflect.TypeFor[errorEvent](),
	"plan": reflect.TypeFor[planEvent](), "summary": reflect.TypeFor[summaryEvent](), "exit_error": reflect.TypeFor[exitErrorEvent](),
	"file": reflect.TypeFor[fileEvent](), "record": reflect.TypeFor[recordEvent](), "journal": reflect.TypeFor[journalEvent](),
	"receipt": reflect.TypeFor[receiptEvent](), "wait": reflect.TypeFor[waitEvent](), "attachment": reflect.TypeFor[attachmentEvent](),
	"challenge": reflect.TypeFor[challengeEvent](), "compared": reflect.TypeFor[demoEvent](), "demo": reflect.TypeFor[demoSummaryEvent](),
	"watching": reflect.TypeFor[watchingEvent](), "moved": reflect.TypeFor[movedEvent](), "postponed": reflect.TypeFor[postponedEvent](),
	"folder": reflect.TypeFor[folderEvent](), "check": reflect.TypeFor[checkEvent](), "diagnosis": reflect.TypeFor[diagnosisEvent](),
	"setting": reflect.TypeFor[settingEvent](),
}

// node is a schema, or a part of one.
type node = map[string]any

// eventSchema is one with what its references mean.
type eventSchema struct {
	root node
	defs node
}

func readSchema() (eventSchema, error) {
	var root node
	if err := json.Unmarshal([]byte(eventsSchema), &root); err != nil {
		return eventSchema{}, err
	}
	return eventSchema{root, root["$defs"].(node)}, nil
}

func mustReadSchema(t *testing.T) eventSchema {
	t.Helper()
	s, err := readSchema()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEveryEventIsInTheSchema compares the members of each struct with what the schema says of its event: names, types, and
// which are always there.
func TestEveryEventIsInTheSchema(t *testing.T) {
	s := mustReadSchema(t)
	alternatives := map[string]bool{}
	for _, one := range s.root["oneOf"].([]any) {
		alternatives[strings.TrimPrefix(one.(node)["$ref"].(string), "#/$defs/event_")] = true
	}
	for name, event := range eventTypes {
		if !alternatives[name] {
			t.Errorf("the schema does not know the event %s", name)
			continue
		}
		delete(alternatives, name)
		s.compare(t, name, event, s.defs["event_"+name].(node))
	}
	for name := range alternatives {
		t.Errorf("the schema has %s, and there is no such event", name)
	}
	kinds := s.defs["maybe_problem"].(node)["properties"].(node)["kind"].(node)["enum"].([]any)
	for _, kind := range failure.Kinds() {
		if !slices.Contains(kinds, any(kind.Name())) {
			t.Errorf("the schema lacks the kind %s", kind.Name())
		}
	}
	if len(kinds) != len(failure.Kinds()) {
		t.Errorf("the schema has %d kinds, and there are %d", len(kinds), len(failure.Kinds()))
	}
}

// compare compares a struct with an object of the schema.
func (s eventSchema) compare(t *testing.T, where string, goType reflect.Type, object node) {
	t.Helper()
	properties, required := s.members(object)
	for field := range members(goType) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		property, ok := properties[name]
		if !ok {
			t.Errorf("%s: the schema lacks %s", where, name)
			continue
		}
		delete(properties, name)
		if required[name] == (options == "omitempty") {
			t.Errorf("%s: the schema is wrong about whether %s is always there", where, name)
		}
		s.compareType(t, where+"."+name, field.Type, property.(node))
	}
	for name := range properties {
		t.Errorf("%s: the schema has %s, and the event does not", where, name)
	}
}

func (s eventSchema) compareType(t *testing.T, where string, goType reflect.Type, property node) {
	t.Helper()
	property = s.resolve(property)
	if goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	want := map[reflect.Kind]string{
		reflect.String: "string", reflect.Int: "integer", reflect.Int64: "integer", reflect.Float64: "number", reflect.Bool: "boolean",
		reflect.Slice: "array", reflect.Struct: "object", reflect.Map: "object",
	}[goType.Kind()]
	if _, constant := property["const"]; !constant && property["type"] != want {
		t.Errorf("%s is %v in the schema, and %s in Go", where, property["type"], goType)
		return
	}
	switch goType.Kind() {
	case reflect.Slice:
		if items := property["items"].(node); goType.Elem().Kind() != reflect.Struct || items["$ref"] == nil {
			s.compareType(t, where, goType.Elem(), items)
		} else if where[:strings.LastIndexByte(where, '.')] != "receipt.receipts" { // which has itself below it
			s.compare(t, where, goType.Elem(), s.resolve(items))
		}
	case reflect.Struct:
		s.compare(t, where, goType, property)
	}
}

// members gives the fields of a struct, those of embedded ones as well, which are optional where the embedded one may be nil.
func members(goType reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for field := range goType.Fields() {
			if field.Anonymous {
				optional := field.Type.Kind() == reflect.Pointer
				if optional {
					field.Type = field.Type.Elem()
				}
				for inner := range members(field.Type) {
					if name, _, _ := strings.Cut(inner.Tag.Get("json"), ","); optional {
						inner.Tag = reflect.StructTag(`json:"` + name + `,omitempty"`)
					}
					if !yield(inner) {
						return
					}
				}
			} else if !yield(field) {
				return
			}
		}
	}
}

// resolve follows a reference.
func (s eventSchema) resolve(n node) node {
	if ref, ok := n["$ref"].(string); ok {
		return s.defs[strings.TrimPrefix(ref, "#/$defs/")].(node)
	}
	return n
}

// members gives what an object has, with what it takes from others.
func (s eventSchema) members(object node) (properties node, required map[string]bool) {
	own, _ := object["properties"].(node)
	properties, required = maps.Clone(own), map[string]bool{}
	names, _ := object["required"].([]any)
	for _, name := range names {
		required[name.(string)] = true
	}
	all, _ := object["allOf"].([]any)
	for _, one := range all {
		p, r := s.members(s.resolve(one.(node)))
		maps.Copy(p, properties) // the object's own say more
		properties = p
		maps.Copy(required, r)
	}
	return properties, required
}

// TestEveryEventIsCompared looks into the source for events that the table above does not have.
func TestEveryEventIsCompared(t *testing.T) {
	known := map[string]bool{}
	for _, event := range eventTypes {
		known[event.Name()] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if embedsHead(n) && !known[n.Name.Name] {
					t.Errorf("%s: the event %s is not compared with the schema", name, n.Name.Name)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "head" && len(n.Args) == 1 {
					if event, ok := n.Args[0].(*ast.BasicLit); ok && eventTypes[strings.Trim(event.Value, `"`)] == nil {
						t.Errorf("%s: the event %s is not in the schema", name, event.Value)
					}
				}
			}
			return true
		})
	}
}

func embedsHead(spec *ast.TypeSpec) bool {
	object, ok := spec.Type.(*ast.StructType)
	return ok && slices.ContainsFunc(object.Fields.List, func(f *ast.Field) bool {
		embedded, ok := f.Type.(*ast.Ident)
		return ok && len(f.Names) == 0 && embedded.Name == "eventHead"
	})
}

// checkEvents gives how often each event is there in the lines that a command wrote, which must fit the schema.
func checkEvents(t *testing.T, out string) map[string]int {
	t.Helper()
	seen, problems := eventProblems(out)
	for _, problem := range problems {
		t.Error(problem)
	}
	return seen
}

// eventProblems checks lines of events against the schema, more strictly than it asks: members that it does not name are
// errors. It gives how often each event was there.
func eventProblems(out string) (seen map[string]int, problems []string) {
	s, err := readSchema()
	if err != nil {
		return nil, []string{err.Error()}
	}
	seen = map[string]int{}
	for line := range strings.Lines(out) {
		var event node
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			problems = append(problems, fmt.Sprintf("%q: %v", line, err))
			continue
		}
		name, _ := event["event"].(string)
		seen[name]++
		object, ok := s.defs["event_"+name].(node)
		if !ok {
			problems = append(problems, fmt.Sprintf("an event %q: %s", name, line))
			continue
		}
		for _, problem := range s.check(name, event, object) {
			problems = append(problems, fmt.Sprintf("%s, in %s", problem, strings.TrimSpace(line)))
		}
	}
	return seen, problems
}

// check gives what is wrong with a value. It knows as much of JSON Schema as the schema uses.
func (s eventSchema) check(where string, value any, n node) []string {
	n = s.resolve(n)
	if constant, ok := n["const"]; ok && value != constant {
		return []string{fmt.Sprintf("%s is %v, not %v", where, value, constant)}
	}
	if enum, ok := n["enum"].([]any); ok && !slices.Contains(enum, value) {
		return []string{fmt.Sprintf("%s is %v, which is none of %v", where, value, enum)}
	}
	ok := true
	switch n["type"] {
	case "object":
		if object, is := value.(node); is {
			return s.checkObject(where, object, n)
		}
		ok = false
	case "array":
		items, is := value.([]any)
		var problems []string
		for _, item := range items {
			problems = append(problems, s.check(where, item, n["items"].(node))...)
		}
		if is {
			return problems
		}
		ok = false
	case "string":
		text, is := value.(string)
		pattern, _ := n["pattern"].(string)
		ok = is && regexp.MustCompile(pattern).MatchString(text)
	case "integer", "number":
		number, is := value.(float64)
		minimum, bounded := n["minimum"].(float64)
		ok = is && (n["type"] == "number" || number == float64(int64(number))) && (!bounded || number >= minimum)
	case "boolean":
		_, ok = value.(bool)
	}
	if !ok {
		return []string{fmt.Sprintf("%s is %v", where, value)}
	}
	return nil
}

func (s eventSchema) checkObject(where string, object, n node) (problems []string) {
	properties, required := s.members(n)
	for name := range required {
		if _, ok := object[name]; !ok {
			problems = append(problems, where+" has no "+name)
		}
	}
	for name, value := range object {
		property, ok := properties[name].(node)
		if more, any := n["additionalProperties"].(node); !ok && any {
			property, ok = more, true
		}
		if !ok {
			problems = append(problems, where+" has "+name+", which the schema does not name")
			continue
		}
		problems = append(problems, s.check(where+"."+name, value, property)...)
	}
	return problems
}

// The check finds what is wrong.
func TestTheCheckOfEventsFinds(t *testing.T) {
	s := mustReadSchema(t)
	good := `{"version":1,"event":"done","time":"2026-01-02T03:04:05.678Z","key":"a","name":"a","bytes":1,"elapsed_seconds":0.5,"confirmed":true,"attempts":1,"receipt":{"id":1}}`
	for name, change := range map[string][2]string{
		"":                   {"", ""},
		"a missing member":   {`"bytes":1,`, ""},
		"a member too many":  {`"key"`, `"more":1,"key"`},
		"a wrong type":       {`"bytes":1`, `"bytes":"1"`},
		"half a byte":        {`"bytes":1`, `"bytes":0.5`},
		"a negative number":  {`"bytes":1`, `"bytes":-1`},
		"a wrong time":       {`.678Z`, `Z`},
		"another version":    {`"version":1`, `"version":2`},
		"a wrong member":     {`{"id":1}`, `{"id":1,"x":2}`},
		"a member's member":  {`{"id":1}`, `{}`},
		"a list":             {`{"id":1}`, `[]`},
		"another event":      {`"done"`, `"start"`},
		"a word for a truth": {`true`, `"true"`},
	} {
		var event node
		if err := json.Unmarshal([]byte(strings.Replace(good, change[0], change[1], 1)), &event); err != nil {
			t.Fatal(err)
		}
		if problems := s.check("done", event, s.defs["event_done"].(node)); (len(problems) > 0) != (name != "") {
			t.Errorf("%s: %q", name, problems)
		}
	}
}
