package server_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func TestAFullDiskLosesNothing(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a disk to fill needs the right to mount it: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	f := start(t, func(o *server.Options) { o.Dir, o.AnyFile = disk+"/store", true })
	kept, refused := f.initiate(), f.initiate()
	f.upload(kept, emptyZIP)
	a := f.upload(refused, strings.Repeat("x", 2<<20))
	if a.status != http.StatusInternalServerError || !strings.Contains(a.body, "<faultcode>s:Server<") || strings.Contains(a.body, disk) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if !strings.Contains(f.log.String(), "no space left on device") {
		t.Errorf("the log does not say why:\n%s", f.log)
	}
	if f.waits(refused) || f.download(asRecipient, kept, recipient).payload(t) != emptyZIP {
		t.Error("what was there before is not what it was")
	}
	if a := f.upload(refused, emptyZIP); a.status != http.StatusOK {
		t.Errorf("a smaller file on the same reference: %s", a.body)
	}
}
