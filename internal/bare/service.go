package bare

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// Service answers clients from a directory.
func Service(dir *os.Root) http.Handler { return (&service{dir: dir}).handler() }

// service keeps a record of each file, and the file until it is confirmed, as the server of altinn-transfer does.
type service struct {
	dir  *os.Root
	last atomic.Int64
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request) error{
		"POST /files":              s.initiate,
		"PUT /files/{id}":          s.upload,
		"GET /files":               s.list,
		"GET /files/{id}":          s.download,
		"POST /files/{id}/confirm": s.confirm,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := answer(w, r); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	return mux
}

func (s *service) initiate(w http.ResponseWriter, r *http.Request) error {
	id := fmt.Sprintf("%08d", s.last.Add(1))
	if err := atomicfile.WriteFile(s.dir, id+".record", []byte("initiated\n")); err != nil {
		return err
	}
	_, err := io.WriteString(w, id)
	return err
}

func (s *service) upload(_ http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	file, err := atomicfile.Create(s.dir, id+".file")
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := file.ReadFrom(r.Body); err != nil {
		return err
	}
	if err := file.Commit(); err != nil {
		return err
	}
	return s.append(id, "uploaded")
}

func (s *service) list(w http.ResponseWriter, _ *http.Request) error {
	dir, err := s.dir.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	for _, name := range names {
		if id, ok := strings.CutSuffix(name, ".file"); ok {
			fmt.Fprintln(w, id)
		}
	}
	return err
}

func (s *service) download(w http.ResponseWriter, r *http.Request) error {
	file, err := s.dir.Open(r.PathValue("id") + ".file")
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

func (s *service) confirm(_ http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return errors.Join(s.append(id, "confirmed"), s.dir.Remove(id+".file"))
}

func (s *service) append(id, state string) error {
	file, err := s.dir.OpenFile(id+".record", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.WriteString(file, state+"\n"); err != nil {
		return err
	}
	return file.Sync()
}
