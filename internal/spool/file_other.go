//go:build !unix

package spool

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// leftAfter is the age beyond which a spool file is one that a crash left:
// no run keeps a message that long.
const leftAfter = 24 * time.Hour

// create makes a file. Its name can't be taken away while it is open here, so
// what a crash left is removed by a later run.
func create(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	sweep(dir)
	return os.CreateTemp(dir, "spool-")
}

// sweep leaves alone what it can't remove: another process has it open.
func sweep(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, "spool-*"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > leftAfter {
			_ = os.Remove(name)
		}
	}
}

func discard(f *os.File) error {
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
