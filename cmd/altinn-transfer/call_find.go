package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// catalogueRow is an operation as the profile's service has it, with the name that the catalogue has for the row.
type catalogueRow struct {
	op   endpoint.Operation
	name string
}

// find finds the row that is meant: the one of the connection's binding, unless the name is that of another binding and none was
// asked for.
func (c *callCommand) find(name string, asked bool) (catalogueRow, error) {
	b, err := endpoint.ParseBinding(c.connection.binding)
	if err != nil {
		return catalogueRow{}, usageError("--binding: %w", err)
	}
	if strings.EqualFold(name, everywhere) {
		return catalogueRow{}, usageError("%s is at every endpoint, so that the name leads to none; endpoints --check calls what is at one alone", everywhere)
	}
	rows, byBase := rowsCalled(name)
	if len(rows) == 0 {
		return catalogueRow{}, usageError("there is no operation %q%s; see altinn-transfer endpoints", name, alike(name))
	}
	if op := rows[0]; op.Stream != endpoint.NoStream {
		return catalogueRow{}, usageError("%s streams a file, which has a command of its own: %s", op.Base, streamingCommands[op.Base])
	}
	i := slices.IndexFunc(rows, func(op endpoint.Operation) bool { return op.Binding == b })
	if i < 0 && (byBase || asked) {
		return catalogueRow{}, usageError("%s does not exist in the binding %s, but in %s; see --binding", name, b, bindingsOf(rows))
	}
	op := rows[max(i, 0)]
	c.connection.binding = strings.ToLower(op.Binding.String())
	return c.asServed(op)
}

// rowsCalled are the rows with a name: that of the documentation, or else that of an endpoint.
func rowsCalled(name string) (rows []endpoint.Operation, byBase bool) {
	var named []endpoint.Operation
	for op := range endpoint.All() {
		switch {
		case op.Base == everywhere:
		case strings.EqualFold(op.Base, name):
			rows = append(rows, op)
		case strings.EqualFold(op.Name, name):
			named = append(named, op)
		}
	}
	if len(rows) > 0 {
		return rows, true
	}
	return named, false
}

// everywhere is the operation that every endpoint has, so that its name alone says nothing.
const everywhere = "Test"

// asServed is the row with what the profile has otherwise.
func (c *callCommand) asServed(op endpoint.Operation) (catalogueRow, error) {
	row := catalogueRow{op, op.Name}
	overrides, err := c.app.profile.overrides()
	for _, override := range overrides {
		row.op = override.Apply(row.op)
	}
	return row, err
}

func bindingsOf(rows []endpoint.Operation) string {
	var names []string
	for _, op := range rows {
		if name := op.Binding.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

var streamingCommands = map[string]string{
	"UploadFileStreamed":        "send, or upload for the one call",
	"DownloadFileStreamed":      "receive, or download for the one call",
	"SubmitAttachmentStreamed":  "attachment submit",
	"GetAttachmentDataStreamed": "attachment get",
}

// callable are the base names of what streams nothing, each with its service.
func callable() map[string]string {
	names := map[string]string{}
	for op := range endpoint.All() {
		if op.Stream == endpoint.NoStream && op.Base != everywhere {
			names[op.Base] = op.Service
		}
	}
	return names
}

// mostAlike bounds what is suggested.
const mostAlike = 4

// alike names operations that may be meant, the likest first.
func alike(name string) string {
	var found []string
	far := map[string]int{}
	for base := range callable() {
		far[base] = distance(strings.ToLower(name), strings.ToLower(base))
		if far[base] <= len(name)/4+1 || within(name, base) {
			found = append(found, base)
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(far[a]-far[b], strings.Compare(a, b)) })
	return "; did you mean " + strings.Join(found[:min(len(found), mostAlike)], " or ") + "?"
}

// distance is how many letters must be put in, taken out or changed to make one word of another (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := before
			if a[i] != b[j] {
				changed++
			}
			before = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, changed)
		}
	}
	return row[len(b)]
}
