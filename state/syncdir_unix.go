//go:build !windows

package state

import (
	"errors"
	"os"
	"syscall"
)

// syncDir makes new names in a folder last through a power cut. A file system
// that cannot sync folders has no better to offer.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, f.Close())
}
