package wiretest

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// forms are the texts that are new in every message, by the names of their elements: what is compared is the form alone.
var forms = map[string]func(el *etree.Element, text string) string{
	"To":                  pathForm,
	"MessageID":           idForm,
	"Identifier":          idForm,
	"Created":             timeForm,
	"Expires":             spanForm,
	"DigestValue":         octetsForm,
	"SignatureValue":      octetsForm,
	"BinarySecret":        octetsForm,
	"Cookie":              base64Form,
	"BinarySecurityToken": base64Form,
}

func form(el *etree.Element, text string) string {
	if f, ok := forms[el.Tag]; ok {
		return f(el, text)
	}
	return text
}

// pathForm leaves the host out, which is another for each test.
func pathForm(_ *etree.Element, text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	return u.Path
}

var newID = regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func idForm(_ *etree.Element, text string) string { return newID.ReplaceAllString(text, "(an id)") }

// timeLayout is how WCF writes a time.
const timeLayout = "2006-01-02T15:04:05.000Z"

func timeForm(_ *etree.Element, text string) string {
	if _, err := time.Parse(timeLayout, text); err != nil {
		return text
	}
	return "(a time)"
}

// spanForm says how long after its sibling Created something expires.
func spanForm(el *etree.Element, text string) string {
	expires, err := time.Parse(timeLayout, text)
	if err != nil {
		return text
	}
	for _, sibling := range el.Parent().ChildElements() {
		if created, err := time.Parse(timeLayout, sibling.Text()); err == nil && sibling.Tag == "Created" {
			return fmt.Sprintf("(%v later)", expires.Sub(created))
		}
	}
	return text
}

func octetsForm(_ *etree.Element, text string) string {
	octets, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return text
	}
	return fmt.Sprintf("(%d octets)", len(octets))
}

func base64Form(_ *etree.Element, text string) string {
	if octets, err := base64.StdEncoding.DecodeString(text); err != nil || len(octets) == 0 {
		return text
	}
	return "(octets)"
}

// attributeForm is the value of an attribute; of an id, or of a reference to one, what it stands on.
func attributeForm(el *etree.Element, a etree.Attr) string {
	switch {
	case strings.HasPrefix(a.Value, "cid:"):
		return "cid:"
	case a.Key == "Id":
		return fmt.Sprintf("(the id of %s)", strings.Join(carriers(el, a.Value), " and of "))
	case a.Key == "URI" && strings.HasPrefix(a.Value, "#"):
		return fmt.Sprintf("(the id of %s)", strings.Join(carriers(el, a.Value[1:]), " and of "))
	}
	return a.Value
}

// carriers are the elements of the whole message that have this id: one, in a good message.
func carriers(el *etree.Element, id string) []string {
	for el.Parent() != nil {
		el = el.Parent()
	}
	var tags []string
	for _, other := range el.FindElements("//*") {
		for _, a := range other.Attr {
			if a.Key == "Id" && a.Value == id {
				tags = append(tags, other.Tag)
			}
		}
	}
	return tags
}
