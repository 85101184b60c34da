package broker_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"path"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/google/go-cmp/cmp"
)

// Each file of testdata is a whole HTTP message, written by hand: requests after what other stacks send to the service
// (SoapUI's and WCF's forms), answers after what was recorded of it.

const (
	sentReference = "0b7c41ac-5c1e-4d0e-9d53-6a0f2f4f1f77"
	emptyZIP      = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

// call is what a client is asked to do, and gives what it got.
type call func(t *testing.T, c *broker.Client) (any, error)

var (
	initiate call = func(t *testing.T, c *broker.Client) (any, error) {
		return c.Initiate(t.Context(), broker.Manifest{
			ServiceCode: "4752", EditionCode: 3, Sender: "974760673", Recipients: []broker.Party{"991825827"},
			SendersReference: "oppgjor-2025-08-a41f0c6be2d94d0b", Files: []broker.File{{Name: "oppgjør & bilag.pdf"}},
		})
	}
	upload call = func(t *testing.T, c *broker.Client) (any, error) {
		return c.Upload(t.Context(), sentReference, "974760673", stream.Bytes("oppgjør.zip", []byte(emptyZIP)), nil)
	}
	check call = func(t *testing.T, c *broker.Client) (any, error) {
		return c.HasAvailable(t.Context(), query)
	}
	available call = func(t *testing.T, c *broker.Client) (any, error) {
		var files []broker.AvailableFile
		for file, err := range c.Available(t.Context(), query) {
			if err != nil {
				return nil, err
			}
			file.Sent = file.Sent.UTC()
			files = append(files, file)
		}
		return files, nil
	}
	download call = func(t *testing.T, c *broker.Client) (any, error) {
		file, err := c.Download(t.Context(), sentReference, "991825827")
		if err != nil {
			return nil, err
		}
		defer file.Close()
		content, err := io.ReadAll(file)
		return string(content), err
	}
	confirm call = func(t *testing.T, c *broker.Client) (any, error) {
		return nil, c.Confirm(t.Context(), sentReference, "991825827")
	}
)

var query = broker.Query{Recipient: "991825827", ServiceCode: "4752", EditionCode: 3}

func replay(t *testing.T, file string) (*broker.Client, *wiretest.Far) {
	t.Helper()
	return connect(t, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, "testdata/"+file)
}

// connect makes a client to a far side that answers with files.
func connect(t *testing.T, credentials binding.Credentials, files ...string) (*broker.Client, *wiretest.Far) {
	t.Helper()
	far := wiretest.Replay(t, files...)
	client, err := broker.New(far.URL, credentials, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client, far
}

var (
	listed = []broker.AvailableFile{{
		Reference: sentReference, Name: "oppgjør.zip", Status: broker.Uploaded, ServiceCode: "4752", EditionCode: 3,
		Sender: "974760673", SendersReference: "oppgjor-2025-08-a41f0c6be2d94d0b", Sent: time.Date(2025, 9, 3, 5, 15, 9, 800185000, time.UTC),
	}}
	accepted = &broker.Receipt{
		ID: 417220981, Status: "OK", Type: "BrokerService", LastChanged: "03.09.2025 07:15:09",
		Text: "Upload of file oppgjør.zip was successful. Recipients can now download the file.",
	}
)

func TestEveryOperationAsksAndReadsAsWritten(t *testing.T) {
	for name, test := range map[string]struct {
		call              call
		request, response string
		want              any
	}{
		"initiate":  {initiate, "initiate-request.http", "initiate-response.http", broker.Reference(sentReference)},
		"check":     {check, "check-request.http", "check-response.http", true},
		"confirm":   {confirm, "confirm-request.http", "confirm-response.http", nil},
		"download":  {download, "download-request.http", "download-response.http", emptyZIP},
		"available": {available, "available-request.http", "available-response.http", listed},
		"upload":    {upload, "upload-request.http", "upload-response.http", accepted},
		"upload to a service that has moved": {upload, "upload-request.http", "upload-moved-response.http", &broker.Receipt{
			Status: "OK", Type: "BrokerService", LastChanged: "03.09.2025 07:15:09",
			Text: "Upload of file " + sentReference + " was successful. Recipients can now download the file.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			client, far := replay(t, test.response)
			asksAndReads(t, test.call, client, far, "testdata/"+test.request, test.want)
		})
	}
}

// The other bindings: the same operations, secured. Messages that another package reads as well are in its testdata.
func TestEveryOperationAsksAndReadsAsWrittenInTheOtherBindings(t *testing.T) {
	for file, test := range map[string]struct {
		call call
		want any
	}{
		"testdata/%s-initiate":         {initiate, broker.Reference(sentReference)},
		"testdata/%s-check":            {check, true},
		"testdata/%s-confirm":          {confirm, nil},
		"testdata/%s-available":        {available, listed},
		"../soap/testdata/%s-download": {download, emptyZIP},
		"../soap/testdata/%s-upload":   {upload, accepted},
	} {
		t.Run("WS "+path.Base(file), func(t *testing.T) {
			file := fmt.Sprintf(file, "ws")
			client, far := connect(t, binding.UsernameToken{Username: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, file+"-response.http")
			asksAndReads(t, test.call, client, far, file+"-request.http", test.want)
		})
		t.Run("EC2 "+path.Base(file), func(t *testing.T) {
			file := fmt.Sprintf(file, "ec2")
			client, far := connect(t, enterprise(t), "../binding/testdata/rst-response.http", file+"-response.http")
			asksAndReads(t, test.call, client, far, file+"-request.http", test.want)
		})
	}
}

func asksAndReads(t *testing.T, call call, client *broker.Client, far *wiretest.Far, request string, want any) {
	t.Helper()
	got, err := call(t, client)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wiretest.Request(t, request), far.Asked()); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// enterprise is an enterprise user with a certificate that nobody looks at.
func enterprise(t *testing.T) binding.Certificate {
	t.Helper()
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Enterprise("Sender AS", "974760673")
	if err != nil {
		t.Fatal(err)
	}
	return binding.Certificate{
		KeyPair:  func(context.Context) (*tls.Certificate, error) { return pair, nil },
		Username: "USER-NAME", Password: binding.Literal("USER-PASSWORD"),
	}
}

func TestFaultsAreReadAsRecorded(t *testing.T) {
	for file, want := range map[string]failure.Error{
		"fault-not-zip-response.http":    {Kind: failure.NotZip, Code: 40206},
		"fault-login-response.http":      {Kind: failure.Unauthenticated, Code: 989},
		"fault-unforeseen-response.http": {Kind: failure.Refused, Code: 0, Ambiguous: true}, // it may have come up when all was done
	} {
		client, _ := replay(t, file)
		_, err := upload(t, client)
		e, ok := errors.AsType[*failure.Error](err)
		if !ok || e.Kind != want.Kind || !e.HasCode || e.Code != want.Code || e.GUID != "9c1f6f6c-70ad-4b21-8d4e-0a9d4a5b7e02" || e.HTTPStatus != 500 || e.Ambiguous != want.Ambiguous {
			t.Errorf("%s: %v", file, err)
		}
	}
}
