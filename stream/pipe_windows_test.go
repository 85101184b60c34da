package stream

import "testing"

func makePipe(t *testing.T, _ string) string {
	t.Skip("Windows has no named pipes among its files")
	return ""
}
