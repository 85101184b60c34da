package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"golang.org/x/sync/errgroup"
)

const atOnce = 8

// exchange is one run of the client.
type exchange struct {
	http    *http.Client
	url     string
	dir     *os.Root
	journal *journal
}

func client(url, dir, journalPath string, all func(*exchange) error) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	j, err := openJournal(journalPath)
	if err != nil {
		return err
	}
	e := &exchange{
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}},
		url:  url + "/files", dir: root, journal: j,
	}
	return errors.Join(all(e), j.close())
}

func (e *exchange) sendAll() error {
	dir, err := e.dir.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return err
	}
	return each(names, e.send)
}

func (e *exchange) receiveAll() error {
	body, err := e.call(http.MethodGet, "", nil)
	if err != nil {
		return err
	}
	defer body.Close()
	var ids []string
	for lines := bufio.NewScanner(body); lines.Scan(); {
		ids = append(ids, lines.Text())
	}
	return each(ids, e.receive)
}

func each(names []string, do func(string) error) error {
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, name := range names {
		all.Go(func() error { return do(name) })
	}
	return all.Wait()
}

// send puts into the journal what altinn-transfer does, and as often: planned, sending, sent.
func (e *exchange) send(name string) error {
	if err := e.journal.put(name + " planned"); err != nil {
		return err
	}
	id, err := e.answer(http.MethodPost, "", nil)
	if err != nil {
		return err
	}
	if err := e.journal.put(name + " sending on " + id); err != nil {
		return err
	}
	file, err := e.dir.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := e.answer(http.MethodPut, "/"+id, file); err != nil {
		return err
	}
	return e.journal.put(name + " sent")
}

func (e *exchange) receive(id string) error {
	if err := e.journal.put(id + " fetching"); err != nil {
		return err
	}
	if err := e.store(id); err != nil {
		return err
	}
	if err := e.journal.put(id + " stored"); err != nil {
		return err
	}
	if _, err := e.answer(http.MethodPost, "/"+id+"/confirm", nil); err != nil {
		return err
	}
	return e.journal.put(id + " confirmed")
}

func (e *exchange) store(id string) error {
	body, err := e.call(http.MethodGet, "/"+id, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	file, err := atomicfile.Create(e.dir, id+".zip")
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := file.ReadFrom(body); err != nil {
		return err
	}
	return file.CommitNew()
}

// call gives the body of an answer, which the caller closes.
func (e *exchange) call(method, path string, body io.Reader) (io.ReadCloser, error) {
	request, err := http.NewRequest(method, e.url+path, body)
	if err != nil {
		return nil, err
	}
	response, err := e.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	return response.Body, nil
}

func (e *exchange) answer(method, path string, body io.Reader) (string, error) {
	answer, err := e.call(method, path, body)
	if err != nil {
		return "", err
	}
	defer answer.Close()
	text, err := io.ReadAll(answer)
	return strings.TrimSpace(string(text)), err
}
