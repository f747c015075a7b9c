//go:build unix

package spool

import (
	"errors"
	"os"
)

// create makes a file and takes its name away at once, so that the kernel
// frees it however the process ends.
func create(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "spool-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func discard(f *os.File) error { return f.Close() }
