package soap_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// baker sets cookies, and tells those of the last request.
func baker(t *testing.T, bake func(call int) []*http.Cookie) (url string, got func() []string) {
	t.Helper()
	var last []string
	call := 0
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		last = nil
		for _, cookie := range r.Cookies() {
			last = append(last, cookie.Name+"="+cookie.Value)
		}
		slices.Sort(last)
		for _, cookie := range bake(call) {
			http.SetCookie(w, cookie)
		}
		call++
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, answer)
	}))
	t.Cleanup(far.Close)
	return far.URL + "/A/B.svc", func() []string { return last }
}

func callWith(t *testing.T, c *soap.Client, url string, cookies *soap.Cookies) {
	t.Helper()
	if _, err := c.Do(t.Context(), &soap.Call{Op: "Test", URL: url, Body: soap.NewElement("x", "test"), Cookies: cookies}); err != nil {
		t.Fatal(err)
	}
}

func TestCookiesStayWithTheirSession(t *testing.T) {
	url, got := baker(t, func(call int) []*http.Cookie {
		return []*http.Cookie{{Name: "machine", Value: fmt.Sprint(call), Path: "/"}}
	})
	one, other, c := soap.NewCookies(), soap.NewCookies(), client(t)
	for i, test := range []struct {
		cookies *soap.Cookies
		want    string
	}{{one, ""}, {other, ""}, {nil, ""}, {one, "machine=0"}, {other, "machine=1"}, {one, "machine=3"}, {nil, ""}} {
		callWith(t, c, url, test.cookies)
		if sent := strings.Join(got(), " "); sent != test.want {
			t.Errorf("call %d sends %q, want %q", i, sent, test.want)
		}
	}
}

func TestCookiesAreBounded(t *testing.T) {
	url, got := baker(t, func(call int) []*http.Cookie {
		cookies := []*http.Cookie{{Name: "large", Value: strings.Repeat("x", 5000), Path: "/"}, {Name: "machine", Value: fmt.Sprint(call), Path: "/"}}
		for i := range 10 {
			cookies = append(cookies, &http.Cookie{Name: fmt.Sprintf("c%d-%d", call, i), Value: "x", Path: "/"})
		}
		return cookies
	})
	cookies, c := soap.NewCookies(), client(t)
	for range 5 {
		callWith(t, c, url, cookies)
	}
	sent := got()
	if len(sent) != 16 || !slices.Contains(sent, "machine=3") || strings.Contains(strings.Join(sent, " "), "large") {
		t.Errorf("after a few calls %d cookies are sent: %v", len(sent), sent)
	}
}
