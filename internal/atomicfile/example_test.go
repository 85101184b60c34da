package atomicfile_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

func ExampleFile_CommitNew() {
	path, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(path)
	dir, err := os.OpenRoot(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer dir.Close()

	receive := func(body io.Reader) error {
		f, err := atomicfile.Create(dir, "invoice.zip")
		if err != nil {
			return err
		}
		defer f.Discard()
		if _, err := io.Copy(f, body); err != nil {
			return err
		}
		return f.CommitNew()
	}
	fmt.Println(receive(strings.NewReader("first")))
	fmt.Println(errors.Is(receive(strings.NewReader("second")), fs.ErrExist))
	// Output:
	// <nil>
	// true
}
