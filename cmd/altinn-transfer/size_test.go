package main

import "testing"

// A size that is written down is the same when it is read: segments of another size would be other shipments.
func TestASizeIsWrittenExactly(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1": "1B", "1000000": "1000000B", "1.5MiB": "1536KiB", "16.0 MiB": "16MiB", "2GiB": "2GiB", "1GB": "1000000000B",
	} {
		var size, again sizeFlag
		if err := size.Set(text); err != nil {
			t.Fatal(err)
		}
		if err := again.Set(size.String()); err != nil || again != size || size.String() != want {
			t.Errorf("%q is written %s, not %s, and read %d, %v", text, size.String(), want, again, err)
		}
	}
}
