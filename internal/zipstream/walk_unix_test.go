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
func TestFileReplacedByPipeBreaksTheZIP(t *testing.T) {
	for _, link := range []bool{false, true} {
		r := walkLarge(t)
		must(t, os.Remove("a"))
		must(t, syscall.Mkfifo("pipe", 0o600))
		if link {
			must(t, os.Symlink("pipe", "a"))
		} else {
			must(t, os.Rename("pipe", "a"))
		}
		checkBroken(t, r, errChanged)
		must(t, r.Close())
	}
}
