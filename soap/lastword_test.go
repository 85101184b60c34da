package soap_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

const refusal = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
	`<faultstring>An error occurred</faultstring><detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10">` +
	`<AltinnErrorMessage>no</AltinnErrorMessage><ErrorID>5</ErrorID></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`

// A far side that refuses in the middle of an upload and closes: the reset that follows breaks the client's writing, and
// must not hide the fault. The two race, so it is tried often.
func TestAFaultIsHeardThoughTheUploadBreaks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere a reset may discard what came before it")
	}
	url := raw(t, func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		fmt.Fprintf(conn, "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
			len(refusal), refusal)
	})
	c := client(t)
	for i := range 100 {
		_, err := c.Do(t.Context(), upload(url, stream.OneShot("file.zip", 16<<20, iofault.NewPattern(iofault.Random, 16<<20, 1))))
		if e, ok := errors.AsType[*failure.Error](err); !ok || e.Kind != failure.Unauthenticated || e.Code != 5 || e.Ambiguous {
			t.Fatalf("upload %d: %v", i, err)
		}
	}
}

func TestALostConnectionIsNotWaitedFor(t *testing.T) {
	url := raw(t, func(conn net.Conn) {
		http.ReadRequest(bufio.NewReader(conn))
		conn.(*net.TCPConn).SetLinger(0)
	})
	start := time.Now()
	_, err := client(t).Do(t.Context(), upload(url, stream.OneShot("file.zip", 16<<20, iofault.NewPattern(iofault.Random, 16<<20, 1))))
	if e, ok := errors.AsType[*failure.Error](err); !ok || e.Kind != failure.Network {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}
