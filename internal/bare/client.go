// Package bare is the least that a client and a service of net/http can do that make the same round trips for each file as
// altinn-transfer does, and sync the same to disk. It is what the engine is compared with, and nothing else.
package bare

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"golang.org/x/sync/errgroup"
)

// Client exchanges the files of a directory, several at once. It is used once, and must be closed.
type Client struct {
	// Ended, where not nil, hears how long each file took. It is called from the workers.
	Ended func(time.Duration)

	http    *http.Client
	atOnce  int
	url     string
	dir     *os.Root
	journal *journal
}

// Open makes a client for the service at url, with a new journal; atOnce is the number of files at once.
func Open(url, dir, journalPath string, atOnce int) (*Client, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	j, err := openJournal(journalPath, atOnce)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &Client{
		http:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}},
		atOnce: atOnce, url: url + "/files", dir: root, journal: j,
	}, nil
}

// Close ends the journal.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return errors.Join(c.journal.close(), c.dir.Close())
}

// SendAll sends every file of the directory.
func (c *Client) SendAll() error {
	dir, err := c.dir.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return err
	}
	return c.each(names, c.send)
}

// ReceiveAll receives every file that waits into the directory.
func (c *Client) ReceiveAll() error {
	body, err := c.call(http.MethodGet, "", nil)
	if err != nil {
		return err
	}
	defer body.Close()
	var ids []string
	for lines := bufio.NewScanner(body); lines.Scan(); {
		ids = append(ids, lines.Text())
	}
	return c.each(ids, c.receive)
}

func (c *Client) each(names []string, do func(string) error) error {
	var all errgroup.Group
	all.SetLimit(c.atOnce)
	for _, name := range names {
		all.Go(func() error {
			begun := time.Now()
			if err := do(name); err != nil {
				return err
			}
			if c.Ended != nil {
				c.Ended(time.Since(begun))
			}
			return nil
		})
	}
	return all.Wait()
}

// send puts into the journal what altinn-transfer does, and as often: planned, sending, sent.
func (c *Client) send(name string) error {
	if err := c.journal.put(name + " planned"); err != nil {
		return err
	}
	id, err := c.answer(http.MethodPost, "", nil)
	if err != nil {
		return err
	}
	if err := c.journal.put(name + " sending on " + id); err != nil {
		return err
	}
	file, err := c.dir.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := c.answer(http.MethodPut, "/"+id, file); err != nil {
		return err
	}
	return c.journal.put(name + " sent")
}

func (c *Client) receive(id string) error {
	if err := c.journal.put(id + " fetching"); err != nil {
		return err
	}
	if err := c.store(id); err != nil {
		return err
	}
	if err := c.journal.put(id + " stored"); err != nil {
		return err
	}
	if _, err := c.answer(http.MethodPost, "/"+id+"/confirm", nil); err != nil {
		return err
	}
	return c.journal.put(id + " confirmed")
}

func (c *Client) store(id string) error {
	body, err := c.call(http.MethodGet, "/"+id, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	file, err := atomicfile.Create(c.dir, id+".zip")
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
func (c *Client) call(method, path string, body io.Reader) (io.ReadCloser, error) {
	request, err := http.NewRequest(method, c.url+path, body)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	return response.Body, nil
}

func (c *Client) answer(method, path string, body io.Reader) (string, error) {
	answer, err := c.call(method, path, body)
	if err != nil {
		return "", err
	}
	defer answer.Close()
	text, err := io.ReadAll(answer)
	return strings.TrimSpace(string(text)), err
}
