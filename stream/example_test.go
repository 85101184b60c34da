package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Standard input can be sent once. A second attempt is told so, instead of sending nothing.
func ExampleOneShot() {
	source := stream.OneShot("invoice.zip", -1, strings.NewReader("PK..."))
	for range 2 {
		r, err := source.Open(context.Background())
		if errors.Is(err, stream.ErrConsumed) {
			fmt.Println(err)
			return
		}
		io.Copy(os.Stdout, r)
		fmt.Println()
		r.Close()
	}
	// Output:
	// PK...
	// open invoice.zip: it could be read only once, and was
}

// A copy that checks nothing cannot take a cut stream for a whole one.
func ExampleVerify() {
	cut := strings.NewReader("half of i")
	_, err := io.Copy(io.Discard, stream.Verify(cut, 18, ""))
	fmt.Println(err)
	// Output: it ended after 9 of 18 bytes
}

// The context that a request runs under ends when the far side falls silent.
func ExampleNewWatchdog() {
	ctx, watchdog := stream.NewWatchdog(context.Background(), 10*time.Millisecond)
	defer watchdog.Stop()
	<-ctx.Done()
	fmt.Println(context.Cause(ctx))
	// Output: no byte moved for 10ms
}
