package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
)

// Answers from the field are odd; all that is in them is told all the same.
func TestOddAnswersAreTold(t *testing.T) {
	list := row(t, "GetReceiptListV2").Result
	for _, c := range []struct {
		what, given string
		typ         endpoint.Type
		want        string
	}{
		{"a member twice", `<x><ReceiptId>1</ReceiptId><ReceiptId>2</ReceiptId></x>`, receipt, `{"ReceiptId":[1,2]}`},
		{"members of a text", `<x><ReceiptId><a>1</a></ReceiptId></x>`, receipt, `{"ReceiptId":{"a":"1"}}`},
		{"a text for members", `<x><References>none</References></x>`, receipt, `{"References":"none"}`},
		{"something else in a list", `<x><Receipt/><Other>1</Other></x>`, list, `{"Receipt":[{}],"Other":"1"}`},
		{
			"a list within a list", `<x><Receipt><SubReceipts><Receipt><ReceiptId>1</ReceiptId></Receipt></SubReceipts></Receipt></x>`, list,
			`[{"SubReceipts":[{"ReceiptId":1}]}]`,
		},
		{"null in a list", `<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Receipt i:nil="true"/></x>`, list, `[null]`},
		{"new members last, as they stand", `<x><Z>1</Z><ReceiptId>1</ReceiptId><A/></x>`, receipt, `{"ReceiptId":1,"Z":"1","A":""}`},
		{"of another namespace", `<x><a:ReceiptId xmlns:a="urn:other">1</a:ReceiptId></x>`, receipt, `{"ReceiptId":1}`},
		{"a comment in a number", `<x><ReceiptId>1<!-- a -->2</ReceiptId></x>`, receipt, `{"ReceiptId":12}`},
		{"nothing", `<x/>`, receipt, `{}`},
		{"nothing of an unknown type", `<x/>`, "{}a", `""`},
		{"signs of HTML", `<x><ReceiptText>a&lt;b&amp;</ReceiptText></x>`, receipt, `{"ReceiptText":"a\u003cb\u0026"}`},
	} {
		got, err := json.Marshal(schema.JSON(parse(t, c.given), c.typ))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.what, got, err, c.want)
		}
	}
}

func TestJSONHasADepth(t *testing.T) {
	const levels = 100
	deep := parse(t, strings.Repeat("<a>", levels)+strings.Repeat("</a>", levels))
	told, err := json.Marshal(schema.JSON(deep, "{}x"))
	if err != nil || strings.Count(string(told), "{") > levels/2+1 || !strings.Contains(string(told), `{"a":null}`) {
		t.Errorf("%s, %v", told, err)
	}
}
