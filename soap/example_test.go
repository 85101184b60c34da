package soap_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// A call whose answer holds a stream gives the envelope first and the stream to be copied.
func ExampleClient_Do() {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`+
			`<GetResponse xmlns="urn:files"><Data>SGVsbG8uCg==</Data></GetResponse></s:Body></s:Envelope>`)
	}))
	defer far.Close()

	client := soap.NewClient(nil)
	defer client.Close()
	reply, err := client.Do(context.Background(), &soap.Call{
		Op: "Get", URL: far.URL, Action: "urn:files/Get", Body: soap.NewElement("urn:files", "Get"),
		Stream: xml.Name{Space: "urn:files", Local: "Data"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer reply.Payload.Close()
	if _, err := io.Copy(os.Stdout, reply.Payload); err != nil {
		log.Fatal(err)
	}
	// Output: Hello.
}

// A fault is an error with the service's own code and words.
func ExampleFault() {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>`+
			`<faultcode>s:Client</faultcode><faultstring>An error occurred</faultstring><detail>`+
			`<AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10">`+
			`<AltinnErrorMessage>No file is ready</AltinnErrorMessage><ErrorID>40207</ErrorID></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`)
	}))
	defer far.Close()

	client := soap.NewClient(nil)
	defer client.Close()
	_, err := client.Do(context.Background(), &soap.Call{Op: "Get", URL: far.URL, Action: "urn:files/Get", Body: soap.NewElement("urn:files", "Get")})
	if e, ok := errors.AsType[*failure.Error](err); ok {
		fmt.Println(e.Kind.Name(), e.Code, e.Err)
	}
	// Output: not-found 40207 No file is ready
}
