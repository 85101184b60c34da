package soap_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
)

// answers with one message, whatever it was asked.
func answering(t *testing.T, status int, header http.Header, body string) string {
	t.Helper()
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(far.Close)
	return far.URL
}

func typed(contentType string) http.Header { return http.Header{"Content-Type": {contentType}} }

func multipart(envelope string) string {
	return "--b\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n" +
		"Content-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" + envelope + "\r\n--b--\r\n"
}

const (
	unforeseen = `<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring><detail>` +
		`<AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><AltinnErrorMessage>A non-functional error has occurred.</AltinnErrorMessage>` +
		`<ErrorID>0</ErrorID></AltinnFault></detail></s:Fault>`
	platformFault = `<s:Fault><faultcode>s:Server</faultcode><faultstring>internal error</faultstring></s:Fault>`
)

// Every upload here has been sent whole; so what does not say that it was refused may have been carried out.
func TestWhatAnAnswerMeans(t *testing.T) {
	const text = "text/xml; charset=utf-8"
	later := func(value string) http.Header {
		return http.Header{"Content-Type": {"text/html"}, "Retry-After": {value}}
	}
	for name, test := range map[string]struct {
		status    int
		header    http.Header
		body      string
		kind      failure.Kind
		ambiguous bool
		says      string
	}{
		"a fault":                       {500, typed(text), fault, failure.TooLarge, false, "code 40204"},
		"a fault under 200":             {200, typed(text), fault, failure.TooLarge, false, "code 40204"},
		"a fault in a multipart":        {500, typed(downloadType), multipart(fault), failure.TooLarge, false, "code 40204"},
		"a fault under 401":             {401, typed(text), fault, failure.TooLarge, false, "code 40204"},
		"a fault that is cut":           {500, typed(downloadType), strings.TrimSuffix(multipart(fault), "--\r\n"), failure.Integrity, true, "HTTP 500"},
		"a fault nobody foresaw":        {500, typed(text), fmt.Sprintf(envelope11, unforeseen), failure.Refused, true, "non-functional"},
		"a fault of the platform":       {500, typed(text), fmt.Sprintf(envelope11, platformFault), failure.Refused, true, "internal error"},
		"a fault of being too busy":     {503, typed(text), fmt.Sprintf(envelope11, platformFault), failure.Unavailable, false, "internal error"},
		"a fault of too many calls":     {429, typed(text), fmt.Sprintf(envelope11, platformFault), failure.Unavailable, false, "internal error"},
		"no fault under 500":            {500, typed(text), answer, failure.Protocol, true, "HTTP 500"},
		"XML under the request's type":  {500, typed(downloadType), fault, failure.Integrity, true, "HTTP 500"},
		"a page under 500":              {500, typed("text/html"), "<html>", failure.Protocol, true, "HTTP 500"},
		"a page under 200":              {200, typed("text/html"), "<html>", failure.Protocol, true, "text/html"},
		"nothing under 200":             {200, typed(text), "", failure.Protocol, true, "no element"},
		"nothing and no type":           {200, nil, "", failure.Protocol, true, "Content-Type"},
		"an envelope of another kind":   {200, typed(text), `<Envelope xmlns="urn:x"/>`, failure.Protocol, true, "not a SOAP namespace"},
		"two types":                     {200, http.Header{"Content-Type": {text, "text/html"}}, answer, failure.Protocol, true, "2 Content-Types"},
		"a packed answer":               {200, http.Header{"Content-Type": {text}, "Content-Encoding": {"gzip"}}, answer, failure.Protocol, true, "gzip"},
		"an attachment nobody asked":    {200, typed(downloadType), downloadAnswer, failure.Protocol, true, "not asked for"},
		"login refused by the server":   {401, typed("text/html"), "<html>", failure.Unauthenticated, false, "HTTP 401"},
		"no right":                      {403, typed("text/html"), "<html>", failure.Forbidden, false, "HTTP 403"},
		"no such address":               {404, typed("text/html"), "<html>", failure.Protocol, false, "HTTP 404"},
		"too large for a proxy":         {413, typed("text/html"), "<html>", failure.TooLarge, false, "HTTP 413"},
		"too many calls":                {429, later("1"), "<html>", failure.Unavailable, false, "HTTP 429"},
		"down":                          {503, later("1"), "<html>", failure.Unavailable, false, "HTTP 503"},
		"a gateway without its service": {502, typed("text/html"), "<html>", failure.Unavailable, true, "HTTP 502"},
		"a gateway that gave up":        {504, typed("text/html"), "<html>", failure.Unavailable, true, "HTTP 504"},
	} {
		t.Run(name, func(t *testing.T) {
			url := answering(t, test.status, test.header, test.body)
			_, err := client(t).Do(t.Context(), upload(url, stream.Bytes("f.zip", []byte("PK"))))
			e, ok := errors.AsType[*failure.Error](err)
			if !ok || e.Kind != test.kind || e.Ambiguous != test.ambiguous || e.HTTPStatus != test.status || e.Sent != 2 || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v: %+v", err, e)
			}
			if want := time.Duration(len(test.header["Retry-After"])) * time.Second; ok && e.RetryAfter != want {
				t.Errorf("RetryAfter %v", e.RetryAfter)
			}
		})
	}
}

func TestEveryGoodStatusIsGood(t *testing.T) {
	for _, status := range []int{200, 202} {
		for contentType, body := range map[string]string{"text/xml": answer, downloadType: multipart(answer)} {
			url := answering(t, status, typed(contentType), body)
			reply, err := client(t).Do(t.Context(), upload(url, stream.Bytes("f.zip", []byte("PK"))))
			if err != nil || reply.Envelope.Body.Tag != "ok" || reply.Sent != 2 || reply.Payload != nil {
				t.Errorf("%d %s: %+v, %v", status, contentType, reply, err)
			}
		}
	}
}

func TestAStreamThatIsMissingOrElsewhereIsAnError(t *testing.T) {
	for name, body := range map[string]string{
		"no such element": answer,
		"null":            fmt.Sprintf(envelope11, `<r xmlns="urn:x"><d i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/></r>`),
		"other namespace": fmt.Sprintf(envelope11, `<r xmlns="urn:y"><d>QUJD</d></r>`),
		"other element":   strings.NewReplacer("<d>", "<e>", "</d>", "</e>").Replace(downloadAnswer),
	} {
		contentType := "text/xml"
		if strings.HasPrefix(body, "--") {
			contentType = downloadType
		}
		_, err := fetch(t, answering(t, 200, typed(contentType), body))
		if !errors.Is(err, failure.Protocol) || !strings.Contains(err.Error(), "has no d") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// recorder keeps what the transport is given.
type recorder struct {
	request *http.Request
	first   []byte
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.request = request
	var err error
	if r.first, err = io.ReadAll(request.Body); err != nil {
		return nil, err
	}
	request.Body.Close()
	return &http.Response{StatusCode: 200, Header: typed("text/xml"), Body: io.NopCloser(strings.NewReader(answer)), Request: request}, nil
}

// A message that is all envelope can be had again for a connection that was dead before it took a byte. A payload cannot.
func TestOnlyWhatHasNoPayloadCanBeSentAgain(t *testing.T) {
	through := new(recorder)
	c := soap.NewClient(&soap.Options{HTTP: &http.Client{Transport: through}})
	if _, err := c.Do(t.Context(), upload("http://127.0.0.1:1", stream.Bytes("f.zip", []byte("PK")))); err != nil {
		t.Fatal(err)
	}
	if through.request.GetBody != nil {
		t.Error("a request with a payload can be had again")
	}
	for _, mtom := range []bool{false, true} {
		call := &soap.Call{Op: "Test", URL: "http://127.0.0.1:1", Action: "urn:x/Test", MTOM: mtom, Body: etree.NewElement("t")}
		if _, err := c.Do(t.Context(), call); err != nil {
			t.Fatal(err)
		}
		body, err := through.request.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		again, err := io.ReadAll(body)
		if err != nil || string(again) != string(through.first) || int64(len(again)) != through.request.ContentLength {
			t.Errorf("MTOM %v: %q, then %q, %v", mtom, through.first, again, err)
		}
	}
}
