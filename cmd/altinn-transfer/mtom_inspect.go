package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/spf13/cobra"
)

func newInspectCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inspect [FILE|-]",
		Short: "Decode a saved message and tell what it holds",
		Long: `Decodes a saved message to its end, checks it as if it were received, and tells which binary values it holds. A message
that was cut or is otherwise not good is an error.

` + messageHelp,
		Example: `  altinn-transfer mtom inspect answer.http
  altinn-transfer mtom inspect --content-type-file answer.type answer.body
  curl -si https://host/x.svc | altinn-transfer mtom inspect --json -`,
		Args: cobra.MaximumNArgs(1),
	}
	from := addMessageFlags(cmd)
	cmd.Flags().BoolVar(&a.json, "json", a.json, "one JSON object on stdout")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		values, err := inspect(a, args, from)
		switch {
		case a.json:
			a.json = false // the object is all that is told on stdout
			return printInspectionJSON(a.out, values, err)
		case err != nil:
			return err
		}
		return printInspection(a.out, values)
	}
	return cmd
}

// value is what is told of a binary value.
type value struct {
	index       int
	element     xml.Name
	contentType string

	CID    *string `json:"cid"` // null in place
	Via    string  `json:"via"`
	Length int64   `json:"length"`
	SHA256 string  `json:"sha256"`
}

// inspect gives the values in the order of their elements.
func inspect(a *app, args []string, from *messageFlags) ([]value, error) {
	m, err := openMessage(a, args, from)
	if err != nil {
		return nil, err
	}
	defer m.close()
	values := []value{}
	err = m.decode(func(p *mtom.Payload) error {
		v, err := look(p, io.Discard)
		values = append(values, v)
		return err
	}, func() { values = values[:0] })
	slices.SortFunc(values, func(a, b value) int { return cmp.Compare(a.index, b.index) })
	return values, err
}

// look copies a value to w, to its end, and tells what it was.
func look(p *mtom.Payload, w io.Writer) (value, error) {
	v := value{index: p.Index, element: p.Element, contentType: p.ContentType, Via: p.Via.String()}
	if p.Via == mtom.XOP {
		v.CID = &p.ContentID
	}
	digest := sha256.New()
	n, err := p.WriteTo(io.MultiWriter(digest, w))
	v.Length, v.SHA256 = n, hex.EncodeToString(digest.Sum(nil))
	return v, err
}

// printInspectionJSON prints one object, whatever happened.
func printInspectionJSON(w io.Writer, values []value, err error) error {
	type object struct {
		Outcome  string   `json:"outcome"`
		Error    string   `json:"error,omitempty"`
		Payloads *[]value `json:"payloads,omitempty"`
	}
	o := object{Outcome: "ok", Payloads: &values}
	if err != nil {
		o = object{Outcome: "error", Error: err.Error()}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return cmp.Or(encoder.Encode(o), err)
}

func printInspection(w io.Writer, values []value) error {
	if len(values) == 0 {
		_, err := fmt.Fprintln(w, "The message is whole and holds no binary values.")
		return err
	}
	for i, v := range values {
		if i > 0 {
			fmt.Fprintln(w)
		}
		v.print(w, i+1)
	}
	_, err := fmt.Fprintf(w, "\nThe message is whole and holds %s.\n", count(len(values), "binary value"))
	return err
}

func (v value) print(w io.Writer, number int) {
	fmt.Fprintf(w, "%d  %s  (%s)\n", number, v.element.Local, v.Via)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "   %-10s %s\n", name, visible(text))
		}
	}
	line("namespace", v.element.Space)
	line("bytes", fmt.Sprint(v.Length))
	line("sha256", v.SHA256)
	if v.CID != nil {
		line("cid", *v.CID)
		line("type", v.contentType)
	}
}
