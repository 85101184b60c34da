//go:build unix

package zipstream

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestWalkRefusesWhatIsNoFile(t *testing.T) {
	tree(t, "d/a")
	must(t, syscall.Mkfifo("d/pipe", 0o600))
	for _, path := range []string{"d", "d/pipe"} {
		if _, err := Walk(path); err == nil || err.Error() != "d/pipe is a named pipe, not a file" {
			t.Errorf("%s: error %v", path, err)
		}
	}
	must(t, os.Remove("d/pipe"))
	socket, err := net.Listen("unix", "d/socket")
	must(t, err)
	defer socket.Close()
	for _, path := range []string{"d", "/dev/null"} {
		if _, err := Walk(path); err == nil || !strings.HasSuffix(err.Error(), "is no regular file") {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

// Opening a pipe that nobody writes to would wait for ever; so would a read through a link to one.
func TestFileReplacedByPipeOrLinkBreaksTheZIP(t *testing.T) {
	replace := map[string]func(){
		"pipe": func() { must(t, os.Remove("a")); must(t, syscall.Mkfifo("a", 0o600)) },
		"link to a pipe": func() {
			must(t, os.Remove("a"))
			must(t, syscall.Mkfifo("pipe", 0o600))
			must(t, os.Symlink("pipe", "a"))
		},
		"link to itself": func() { must(t, os.Rename("a", "b")); must(t, os.Symlink("b", "a")) },
	}
	for name, replace := range replace {
		t.Run(name, func(t *testing.T) {
			r := walkLarge(t)
			defer r.Close()
			replace()
			checkBroken(t, r, errChanged)
		})
	}
}
