package broker_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// downloads are the forms in which a service may answer, each with the payload "PK\x03\x04 hello".
var downloads = map[string]service{
	"as recorded from a WCF service": {
		contentType: `multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="uuid:610be47c-8021+id=3890";start-info="text/xml"`,
		answer: "--uuid:610be47c-8021+id=3890\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n" +
			"Content-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" + downloadEnvelope(include("cid:http://tempuri.org/1/636854854482615129")) +
			"\r\n--uuid:610be47c-8021+id=3890\r\nContent-ID: <http://tempuri.org/1/636854854482615129>\r\nContent-Transfer-Encoding: binary\r\n" +
			"Content-Type: application/octet-stream\r\n\r\nPK\x03\x04 hello\r\n--uuid:610be47c-8021+id=3890--",
	},
	"as JAX-WS Metro frames it": {
		contentType: `multipart/related;start="<rootpart*3001068f@example.jaxws.sun.com>";type="application/xop+xml";boundary="uuid:3001068f";start-info="text/xml"`,
		answer: "--uuid:3001068f\r\nContent-Id: <rootpart*3001068f@example.jaxws.sun.com>\r\nContent-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n" +
			"Content-Transfer-Encoding: binary\r\n\r\n<?xml version='1.0' encoding='UTF-8'?>" + downloadEnvelope(include("cid:1312cd7b%40example.jaxws.sun.com")) +
			"\r\n--uuid:3001068f\r\nContent-Id: <1312cd7b@example.jaxws.sun.com>\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
			"PK\x03\x04 hello\r\n--uuid:3001068f--",
	},
	"as gSOAP frames it": {
		contentType: `multipart/related; charset=utf-8; boundary="==a/b+c=="; type="application/xop+xml"; start="<SOAP-ENV:Envelope>"; start-info="text/xml"`,
		answer: "--==a/b+c==\r\nContent-Type: application/xop+xml; charset=utf-8; type=\"text/xml\"\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <SOAP-ENV:Envelope>\r\n\r\n" +
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + downloadEnvelope(include("cid:id2")) + "\r\n" +
			"\r\n--==a/b+c==\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <id2>\r\n\r\nPK\x03\x04 hello\r\n--==a/b+c==--\r\n",
	},
	"without MTOM, base64 in place": {
		contentType: "text/xml; charset=utf-8",
		answer:      downloadEnvelope("\n  UEsDBCBo\r\n  ZWxsbw==\n"),
	},
}

func include(href string) string {
	return `<xop:Include href="` + href + `" xmlns:xop="http://www.w3.org/2004/08/xop/include"/>`
}

func downloadEnvelope(content string) string {
	return envelope(`<DownloadFileStreamedBasicResponse ` + ns + `><DownloadFileStreamedBasicResult>` + content +
		`</DownloadFileStreamedBasicResult></DownloadFileStreamedBasicResponse>`)
}

func TestDownloadInEveryForm(t *testing.T) {
	for name, far := range downloads {
		t.Run(name, func(t *testing.T) {
			file, err := far.client(t).Download(t.Context(), reference, "910077473")
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			var got bytes.Buffer
			if n, err := io.Copy(&got, file); err != nil || n != 10 || got.String() != "PK\x03\x04 hello" {
				t.Errorf("got %q, %d, %v", got.String(), n, err)
			}
			if !strings.Contains(far.asked, `<DownloadFileStreamedBasic `+ns+`><systemUserName>SYSTEM-ID</systemUserName><systemPassword>SYSTEM-PASSWORD</systemPassword>`+
				`<fileReference>`+reference+`</fileReference><reportee>910077473</reportee></DownloadFileStreamedBasic>`) {
				t.Errorf("asked %s", far.asked)
			}
		})
	}
}

func TestACutDownloadIsNeverWhole(t *testing.T) {
	for name, whole := range downloads {
		t.Run(name, func(t *testing.T) {
			end := len(strings.TrimRight(whole.answer, "\r\n"))
			for cut := range end {
				far := whole
				far.answer = whole.answer[:cut]
				file, err := far.client(t).Download(t.Context(), reference, "910077473")
				if err == nil {
					_, err = io.Copy(io.Discard, file)
					if again := second(file); !errors.Is(again, err) {
						t.Errorf("cut at %d: the error did not stick: %v, then %v", cut, err, again)
					}
					file.Close()
				}
				e, ok := errors.AsType[*failure.Error](err)
				if !ok || e.Kind != failure.Integrity && e.Kind != failure.Protocol || e.Ambiguous {
					t.Fatalf("cut at %d of %d: %v", cut, end, err)
				}
			}
		})
	}
}

func second(r io.Reader) error {
	_, err := r.Read(make([]byte, 1))
	return err
}
