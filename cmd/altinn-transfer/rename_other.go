//go:build !linux && !darwin && !windows

package main

import "errors"

// renameNew is [errors.ErrUnsupported]: these systems have no such call.
func renameNew(_, _ string) error { return errors.ErrUnsupported }
