package mtom

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
)

// NamespaceXOP is the namespace of xop:Include.
const NamespaceXOP = "http://www.w3.org/2004/08/xop/include"

var includeName = xml.Name{Space: NamespaceXOP, Local: "Include"}

// Include is the element that stands in the root for the part with that Content-ID.
func Include(contentID string) string {
	return `<xop:Include href="cid:` + contentID + `" xmlns:xop="` + NamespaceXOP + `"/>`
}

// include notes an xop:Include in the open element. What it names is looked up among the parts by its text; nothing is ever
// fetched.
func (r *root) include(attributes []xml.Attr) error {
	if len(r.stack) == 0 || r.top().xop || r.top().text || r.top().name == includeName {
		return r.wrong("an xop:Include is not the only content of its element")
	}
	href := ""
	for _, a := range attributes {
		switch {
		case a.Name == xml.Name{Local: "href"}:
			href = a.Value
		case a.Name.Space == "":
			return r.wrong("an xop:Include has an attribute %s", a.Name.Local)
		}
	}
	if !isCID(href) {
		return r.wrong("an xop:Include does not name a part of the message by cid:")
	}
	r.top().xop = true
	return r.refer(href[len("cid:"):])
}

// isLikeInclude reports whether an element was meant to be an xop:Include, but for a slip in its name or namespace. Passing
// it by would lose a value without a word.
func isLikeInclude(name xml.Name, attributes []xml.Attr) bool {
	if name.Space == NamespaceXOP {
		return true
	}
	return name.Local == includeName.Local && slices.ContainsFunc(attributes, func(a xml.Attr) bool {
		return a.Name.Local == "href" && isCID(a.Value)
	})
}

func isCID(href string) bool {
	scheme, id, _ := strings.Cut(href, ":")
	return strings.EqualFold(scheme, "cid") && id != ""
}

// refer notes a reference. Each needs a part of its own, beside the root's.
func (r *root) refer(id string) error {
	if int64(len(r.refs)) >= r.limits.Parts-1 {
		return &LimitError{"Parts", r.limits.Parts}
	}
	ref := &reference{index: r.count, element: r.top().name, literal: id, decoded: id}
	if decoded, err := url.PathUnescape(id); err == nil {
		ref.decoded = decoded
	}
	for _, other := range r.refs {
		if other.literal == ref.literal || other.decoded == ref.decoded {
			return r.wrong("two xop:Includes name the same part")
		}
	}
	r.count++
	r.refs = append(r.refs, ref)
	return nil
}

// find is the reference that names a Content-ID, nil when none does: as it stands first, since WCF does not escape, then
// percent-decoded, since RFC 2392 demands it.
func (r *root) find(contentID string) *reference {
	for _, ref := range r.refs {
		if ref.literal == contentID {
			return ref
		}
	}
	for _, ref := range r.refs {
		if ref.decoded == contentID {
			return ref
		}
	}
	return nil
}

// missing is a reference whose part has not come, nil when all have.
func (r *root) missing() *reference {
	for _, ref := range r.refs {
		if !ref.met {
			return ref
		}
	}
	return nil
}
