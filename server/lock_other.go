//go:build !unix || solaris || aix

package server

import "os"

// lock does nothing where there is no lock that ends with its process in the standard library.
func lock(*os.File) error { return nil }
