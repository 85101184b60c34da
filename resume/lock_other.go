//go:build !windows && (!unix || solaris || aix)

package resume

import "os"

// lockFile locks nothing where there is no lock that ends with its process in the standard library.
func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
}
