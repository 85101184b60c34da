package server_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// A far side for the tests of a client, in any language that can reach it: the second upload stores the file and loses the
// answer.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	service, err := server.New(server.Options{
		Dir:   dir,
		Users: server.DemoUsers(),
		Troubles: []server.Trouble{
			{Kind: server.LoseAnswer, Operation: "UploadFileStreamed", Skip: 1, Times: 1},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	far := httptest.NewServer(service)
	defer far.Close()

	test := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Test xmlns="http://www.altinn.no/services/2009/10"/></s:Body></s:Envelope>`
	response, err := http.Post(far.URL+"/ServiceEngineExternal/BrokerServiceExternalBasic.svc", "text/xml", strings.NewReader(test))
	if err != nil {
		log.Fatal(err)
	}
	response.Body.Close()
	fmt.Println(response.Status)
	// Output:
	// 200 OK
}
