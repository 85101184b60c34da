package broker

import (
	"context"
	"io"

	"github.com/altinn-transfer/altinn-transfer/binding"
)

// Download is a file on its way to a recipient. Its Read gives io.EOF only when the whole message has come and was found
// good; one that was cut ends in an error. It must be closed.
type Download struct {
	Body io.ReadCloser
	Size int64 // bytes; -1: the service does not say beforehand
}

// Read reads the file's next bytes.
func (d *Download) Read(p []byte) (int, error) { return d.Body.Read(p) }

// WriteTo writes the rest of the file to w.
func (d *Download) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, d.Body) }

// Close ends the download; unread bytes are given up.
func (d *Download) Close() error { return d.Body.Close() }

// Download opens the file on a reference for recipient. It does not confirm: the file can be fetched again until
// [Client.Confirm], and by the service's grace after it.
func (c *Client) Download(ctx context.Context, r Reference, recipient Party) (*Download, error) {
	reply, err := c.calls.Call(ctx, "DownloadFileStreamed", binding.Request{Values: fileValues(r, recipient), ReadOnly: true})
	if err != nil {
		return nil, withReference(err, r)
	}
	return &Download{Body: reply.Payload, Size: -1}, nil
}
