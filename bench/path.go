package bench

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
)

const ours = "altinn-transfer"

// lane is a row of the path: how it is called, who carries it out at either end, and whether it is encrypted.
type lane struct {
	task, who   string
	client, far string
	base        bool
}

var lanes = []lane{
	{"upload", ours, "soap-up", "soap", false},
	{"upload", ours + ", SHA-256", "soap-up-digest", "soap", false},
	{"upload", "net/http PUT, copying", "put-copy", "http-copy", true},
	{"upload", "net/http PUT, sendfile", "put-sendfile", "http-copy", false},
	{"upload", "TCP, sendfile and splice", "tcp-up", "tcp", false},
	{"upload", "mime/multipart and net/http", "multipart-up", "multipart", false},
	{"download", ours, "soap-down", "soap", false},
	{"download", ours + ", SHA-256", "soap-down-digest", "soap", false},
	{"download", "net/http GET, copying", "get", "http-copy", true},
	{"download", "net/http GET, sendfile", "get", "http-sendfile", false},
	{"download", "TCP, sendfile and splice", "tcp-down", "tcp", false},
	{"download", "mime/multipart and net/http", "multipart-down", "multipart", false},
}

var encrypted = []lane{
	{"upload over TLS", ours, "soap-up", "soap", false},
	{"upload over TLS", "net/http PUT", "put-copy", "http-copy", true},
	{"download over TLS", ours, "soap-down", "soap", false},
	{"download over TLS", "net/http GET", "get", "http-copy", true},
}

// bySize are the rows whose throughput is told for files of several sizes.
var bySize = []lane{
	{"upload by size", ours, "soap-up", "soap", false},
	{"upload by size", "net/http PUT, copying", "put-copy", "http-copy", true},
	{"download by size", ours, "soap-down", "soap", false},
	{"download by size", "net/http GET, copying", "get", "http-copy", true},
}

// path carries one file over, from a file in the page cache to nowhere, in every row alike.
func (b *bench) path(ctx context.Context) error {
	if runtime.GOOS != "linux" {
		b.note("the rows that name sendfile and splice have what %s offers of them", runtime.GOOS)
	}
	file, err := b.payload("payload.zip", b.Size)
	if err != nil {
		return err
	}
	foreign, err := b.gsoap(ctx, file)
	if err != nil {
		return err
	}
	rows := append(b.lanes(lanes, file, 1, order{}, order{}), foreign...)
	client, far, err := secured()
	if err != nil {
		return err
	}
	rows = append(rows, b.lanes(encrypted, file, 1, client, far)...)
	if err := b.inTurn(ctx, rows); err != nil {
		return err
	}
	return b.sizes(ctx)
}

// sizes carries files of several sizes over, the small ones so often that the clock can tell them apart.
func (b *bench) sizes(ctx context.Context) error {
	const most = 2000
	for size := int64(16 << 10); size <= b.Size; size *= 8 {
		file, err := b.payload(fmt.Sprintf("payload-%d.zip", size), size)
		if err != nil {
			return err
		}
		rows := b.lanes(bySize, file, int(min(max(b.Size/size, 1), most)), order{}, order{})
		for i := range rows {
			rows[i].Sized = size
		}
		if err := b.inTurn(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) lanes(all []lane, file payload, repeat int, client, far order) []measured {
	var rows []measured
	for _, l := range all {
		client, far := client, far
		client.Do, client.File, client.Size, client.Repeat = l.client, file.path, file.size, repeat
		far.Do, far.File, far.Size = l.far, file.path, file.size
		row := Row{Part: "path", Task: l.task, Who: l.who, Ours: strings.HasPrefix(l.who, ours), Base: l.base}
		rows = append(rows, b.transferOf(row, client, far, file.sum))
	}
	return rows
}

// secured gives both sides what they need for TLS.
func secured() (client, far order, err error) {
	authority, err := certs.NewAuthority("altinn-transfer bench")
	if err != nil {
		return client, far, err
	}
	own, err := authority.Server("127.0.0.1")
	if err != nil {
		return client, far, err
	}
	client.Roots = authority.PEM()
	far.Own, err = certs.EncodePEM(own)
	return client, far, err
}
