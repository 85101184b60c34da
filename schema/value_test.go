package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

const fileStatus endpoint.Type = "{http://schemas.altinn.no/services/serviceEntity/2015/06}BrokerServiceAvailableFileStatus"

// What a text of each simple type may be, by Set and by Arrange, and what JSON makes of it; "" is a refused one, which JSON
// tells as the text that it is.
func TestValues(t *testing.T) {
	for _, c := range []struct {
		typ        endpoint.Type
		text, json string
	}{
		{endpoint.TypeString, " blåbær ", `" blåbær "`},
		{endpoint.TypeString, "12", `"12"`},
		{endpoint.TypeInt, "2147483647", "2147483647"},
		{endpoint.TypeInt, " -7\n", "-7"},
		{endpoint.TypeInt, "+7", "7"},
		{endpoint.TypeInt, "2147483648", ""},
		{endpoint.TypeInt, "1.0", ""},
		{endpoint.TypeInt, "1 2", ""},
		{endpoint.TypeInt, "0x1", ""},
		{endpoint.TypeLong, "9223372036854775807", "9223372036854775807"},
		{endpoint.TypeLong, "9223372036854775808", ""},
		{endpoint.TypeUnsignedInt, "4294967295", "4294967295"},
		{endpoint.TypeUnsignedInt, "4294967296", ""},
		{endpoint.TypeUnsignedInt, "-1", ""},
		{endpoint.TypeDouble, "1234567890.123456789012345", "1234567890.123456789012345"},
		{endpoint.TypeDouble, "-1.5E+3", "-1.5E+3"},
		{endpoint.TypeDouble, "1.", `"1."`}, // JSON has no such number
		{endpoint.TypeDouble, "NaN", `"NaN"`},
		{endpoint.TypeDouble, "-INF", `"-INF"`},
		{endpoint.TypeDouble, "1,5", ""},
		{endpoint.TypeDouble, "0x1p4", ""},
		{endpoint.TypeDouble, "infinity", ""},
		{endpoint.TypeBoolean, "true", "true"},
		{endpoint.TypeBoolean, "1", "true"},
		{endpoint.TypeBoolean, "0", "false"},
		{endpoint.TypeBoolean, "True", ""},
		{endpoint.TypeBoolean, "yes", ""},
		{endpoint.TypeDateTime, "2026-02-28T23:59:59", `"2026-02-28T23:59:59"`},
		{endpoint.TypeDateTime, "2026-02-28T23:59:59.1234567Z", `"2026-02-28T23:59:59.1234567Z"`},
		{endpoint.TypeDateTime, "2026-02-28T23:59:59+01:00", `"2026-02-28T23:59:59+01:00"`},
		{endpoint.TypeDateTime, "2026-02-28", `"2026-02-28"`},
		{endpoint.TypeDateTime, "2026-02-29", ""},
		{endpoint.TypeDateTime, "2026-02-28T3:59:59", ""},
		{endpoint.TypeDateTime, "2026-02-28T23:59:59,5", ""},
		{endpoint.TypeDateTime, "2026-02-28 23:59:59", ""},
		{endpoint.TypeDateTime, "28.02.2026", ""},
		{endpoint.TypeBase64, "aGVp\nIGRl Zw==", `"aGVp\nIGRl Zw=="`},
		{endpoint.TypeBase64, "aGVpIGRlZw", ""},
		{endpoint.TypeBase64, "aGVp*A==", ""},
		{endpoint.TypeGUID, "4D1C8f0a-93b2-4E57-a6F0-0123456789ab", `"4D1C8f0a-93b2-4E57-a6F0-0123456789ab"`},
		{endpoint.TypeGUID, "{4d1c8f0a-93b2-4e57-a6f0-0123456789ab}", ""},
		{endpoint.TypeGUID, "4d1c8f0a93b24e57a6f00123456789ab", ""},
		{fileStatus, "Uploaded", `"Uploaded"`},
		{fileStatus, " Uploaded ", `" Uploaded "`},
		{fileStatus, "uploaded", ""},
	} {
		checkValue(t, c.typ, c.text, c.json)
	}
}

func checkValue(t *testing.T, typ endpoint.Type, value, want string) {
	t.Helper()
	set, arranged := etree.NewElement("x"), etree.NewElement("x")
	arranged.SetText(value)
	told, err := json.Marshal(schema.JSON(arranged, typ))
	if err != nil {
		t.Errorf("%s %q: %v", typ, value, err)
	}
	if err := schema.Set(set, typ, "", value); (err == nil) != (want != "") {
		t.Errorf("Set %s %q: %v", typ, value, err)
	}
	if err := schema.Arrange(arranged, typ); (err == nil) != (want != "") {
		t.Errorf("Arrange %s %q: %v", typ, value, err)
	}
	if want == "" {
		text, _ := json.Marshal(value)
		want = string(text)
	} else if text(set) != text(arranged) || typ != endpoint.TypeString && set.Text() != strings.TrimSpace(value) {
		t.Errorf("%s %q is set as %s, arranged as %s", typ, value, text(set), text(arranged))
	}
	if string(told) != want {
		t.Errorf("%s %q is told as %s, want %s", typ, value, told, want)
	}
}

// XML has no form for these at all, so they would arrive as something else.
func TestTextThatXMLCannotHold(t *testing.T) {
	for _, value := range []string{"a\x00", "\x1b[1m", "\xff", "\uffff"} {
		if err := schema.Set(etree.NewElement("x"), endpoint.TypeString, "", value); err == nil {
			t.Errorf("%q is set", value)
		}
	}
	if err := schema.Set(etree.NewElement("x"), endpoint.TypeString, "", "a\tb\r\n\U0001F600"); err != nil {
		t.Error(err)
	}
}

func TestARefusedValueSaysWhatThereIs(t *testing.T) {
	for typ, want := range map[endpoint.Type]string{
		endpoint.TypeInt:      `"?" is no int`,
		endpoint.TypeBoolean:  `"?" is no boolean (true or false)`,
		endpoint.TypeDateTime: `"?" is no dateTime (2026-01-02T03:04:05)`,
		endpoint.TypeGUID:     `"?" is no guid (00000000-0000-0000-0000-000000000001)`,
		fileStatus:            `"?" is not Uploaded or Downloaded`,
	} {
		if err := schema.Set(etree.NewElement("x"), typ, "", "?"); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", typ, err, want)
		}
	}
	long := strings.Repeat("a", 1000)
	if err := schema.Set(etree.NewElement("x"), endpoint.TypeInt, "", long); err == nil || len(err.Error()) > 200 {
		t.Errorf("a long text is repeated: %v", err)
	}
}
