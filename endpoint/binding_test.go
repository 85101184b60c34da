package endpoint_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

func TestParseBinding(t *testing.T) {
	for s, want := range map[string]endpoint.Binding{
		"Basic": endpoint.Basic, "basic": endpoint.Basic, "BASIC": endpoint.Basic, "Basic Http": endpoint.Basic,
		"WS": endpoint.WS, "ws": endpoint.WS, "WS Http": endpoint.WS, "WS http": endpoint.WS,
		"EC2": endpoint.EC2, "ec2": endpoint.EC2, " EC2 ": endpoint.EC2,
	} {
		if got, err := endpoint.ParseBinding(s); got != want || err != nil {
			t.Errorf("%q is %s, %v, want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", "EC", "http", "Basic-Http", "Basic Http Http", "2"} {
		got, err := endpoint.ParseBinding(s)
		if err == nil {
			t.Errorf("%q is %s, want an error", s, got)
			continue
		}
		if !strings.Contains(err.Error(), "Basic, WS, EC2") {
			t.Errorf("%q: the error does not say what there is: %v", s, err)
		}
	}
}

func TestBindingNames(t *testing.T) {
	for b, want := range map[endpoint.Binding]string{
		endpoint.Basic: "Basic", endpoint.WS: "WS", endpoint.EC2: "EC2", endpoint.Binding(7): "Binding(7)",
	} {
		if b.String() != want {
			t.Errorf("%d is called %s, want %s", b, b, want)
		}
	}
}

func TestSOAPVersion(t *testing.T) {
	for b, want := range map[endpoint.Binding]bool{endpoint.Basic: false, endpoint.WS: true, endpoint.EC2: true} {
		if b.SOAP12() != want {
			t.Errorf("%s: SOAP 1.2 is %t, want %t", b, b.SOAP12(), want)
		}
	}
}
