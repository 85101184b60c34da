package bench

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
)

// The bare rows of net/http: a PUT and a GET of a file.

// way is how a file gets into a connection.
type way uint8

const (
	copying  way = iota // through a buffer of net/http
	sendfile            // by the kernel, where the system has it and the connection is not encrypted
)

// body is the file as net/http is given it.
func (w way) body(file *os.File) io.ReadCloser {
	if w == sendfile {
		return file
	}
	return struct {
		io.Reader
		io.Closer
	}{file, file}
}

// serveHTTP answers with a handler until the context ends.
func serveHTTP(handler func(order, *arrived) http.Handler) func(context.Context, net.Listener, order, *arrived) error {
	return func(ctx context.Context, l net.Listener, o order, got *arrived) error {
		if o.Own != nil {
			own, err := tls.X509KeyPair(o.Own, o.Own)
			if err != nil {
				return err
			}
			l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{own}, NextProtos: []string{"http/1.1"}})
		}
		return serveUntil(ctx, l, handler(o, got))
	}
}

func serveUntil(ctx context.Context, l net.Listener, handler http.Handler) error {
	s := &http.Server{Handler: handler}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func takeNothing(order, *arrived) http.Handler { return http.NotFoundHandler() }

func bareHandler(w way) func(order, *arrived) http.Handler {
	return func(o order, got *arrived) http.Handler {
		return answering(func(answer http.ResponseWriter, request *http.Request) error {
			if request.Method == http.MethodPut {
				return got.take(request.Body, o.Check)
			}
			file, err := os.Open(o.File)
			if err != nil {
				return err
			}
			defer file.Close()
			answer.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
			if w == sendfile {
				_, err = io.Copy(answer, file)
			} else {
				_, err = io.Copy(struct{ io.Writer }{answer}, struct{ io.Reader }{file})
			}
			return err
		})
	}
}

// answering makes a handler of what can fail.
func answering(f func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

func put(w way) func(context.Context, order) (word, error) {
	return func(ctx context.Context, o order) (word, error) {
		client, err := o.client()
		if err != nil {
			return word{}, err
		}
		defer client.CloseIdleConnections()
		return repeated(ctx, o, new(arrived), func() error {
			file, err := os.Open(o.File)
			if err != nil {
				return err
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodPut, o.url(), w.body(file))
			if err != nil {
				return errors.Join(err, file.Close())
			}
			request.ContentLength = o.Size
			return finish(client, request, io.Discard)
		})
	}
}

func get(ctx context.Context, o order) (word, error) {
	client, err := o.client()
	if err != nil {
		return word{}, err
	}
	defer client.CloseIdleConnections()
	got := new(arrived)
	return repeated(ctx, o, got, func() error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url(), nil)
		if err != nil {
			return err
		}
		to := got.sink(o.Check)
		defer to.done()
		return finish(client, request, to)
	})
}

// finish sends a request, and reads the answer to its end.
func finish(client *http.Client, request *http.Request, to io.Writer) error {
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", request.Method, response.Status)
	}
	_, err = io.Copy(to, response.Body)
	return err
}

// client is a bare one, with TLS when the far side has it.
func (o order) client() (*http.Client, error) {
	config, err := o.tls()
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config}}, err
}

// tls is nil for plain HTTP.
func (o order) tls() (*tls.Config, error) {
	if o.Roots == nil {
		return nil, nil
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(o.Roots) {
		return nil, errors.New("the root of the certificate cannot be read")
	}
	return &tls.Config{RootCAs: roots}, nil
}

func (o order) url() string {
	if o.Roots != nil {
		return "https://" + o.Address
	}
	return "http://" + o.Address
}
