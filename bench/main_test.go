package bench

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// asPeer makes this test binary a peer.
const asPeer = "BENCH_TEST_PEER=1"

func TestMain(m *testing.M) {
	if os.Getenv("BENCH_TEST_PEER") != "" {
		if err := RunPeer(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
