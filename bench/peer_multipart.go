package bench

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"os"
)

// What a program writes that has only the standard library for a message in parts: without checks, and without a length.

func multipartHandler(o order, got *arrived) http.Handler {
	return answering(func(w http.ResponseWriter, r *http.Request) error {
		if r.Method == http.MethodPost {
			parts, err := r.MultipartReader()
			if err != nil {
				return err
			}
			return takeParts(parts, o, got)
		}
		message := multipart.NewWriter(w)
		w.Header().Set("Content-Type", message.FormDataContentType())
		return writeParts(message, o)
	})
}

func takeParts(parts *multipart.Reader, o order, got *arrived) error {
	part, err := parts.NextRawPart()
	if err != nil {
		return err
	}
	if err := got.take(part, o.Check); err != nil {
		return err
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		return err
	}
	return nil
}

func writeParts(message *multipart.Writer, o order) error {
	file, err := os.Open(o.File)
	if err != nil {
		return err
	}
	defer file.Close()
	part, err := message.CreateFormFile("file", "bench.zip")
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, file); err != nil {
		return err
	}
	return message.Close()
}

func postMultipart(ctx context.Context, o order) (word, error) {
	client, err := o.client()
	if err != nil {
		return word{}, err
	}
	defer client.CloseIdleConnections()
	return repeated(ctx, o, new(arrived), func() error {
		body, to := io.Pipe()
		message := multipart.NewWriter(to)
		written := make(chan struct{})
		go func() {
			defer close(written)
			to.CloseWithError(writeParts(message, o))
		}()
		defer func() { <-written }()
		defer body.Close()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url(), body)
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", message.FormDataContentType())
		return finish(client, request, io.Discard)
	})
}

func getMultipart(ctx context.Context, o order) (word, error) {
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
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		parts, err := boundaryOf(response)
		if err != nil {
			return err
		}
		return takeParts(parts, o, got)
	})
}

// boundaryOf reads an answer as a server reads a request.
func boundaryOf(response *http.Response) (*multipart.Reader, error) {
	return (&http.Request{Method: http.MethodPost, Header: response.Header, Body: response.Body}).MultipartReader()
}
