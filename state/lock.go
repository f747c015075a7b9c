package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked tells that another run has the account.
var ErrLocked = errors.New("another run has the account")

// Lock is held on an account by one run at a time. The system lets go of it
// when the process ends, however it ends; its file stays.
type Lock struct {
	file *flock.Flock
}

// LockAccount takes the lock of an account, whose file lies in dir, or
// returns ErrLocked at once. The moment counts as progress.
func LockAccount(dir, account string) (*Lock, error) {
	path, err := lockPath(dir, account)
	if err != nil {
		return nil, err
	}
	// Some network file systems lock only what is open for writing.
	l := &Lock{flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))}
	ok, err := l.file.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock account %s: %w", account, err)
	case !ok:
		return nil, fmt.Errorf("lock account %s: %w", account, ErrLocked)
	}
	// The file may have the progress of a run of last week.
	if err := l.Touch(time.Now()); err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// Touch marks progress at now.
func (l *Lock) Touch(now time.Time) error {
	if err := os.Chtimes(l.file.Path(), now, now); err != nil {
		return fmt.Errorf("mark progress: %w", err)
	}
	return nil
}

// Release lets go of the lock. It may be called again.
func (l *Lock) Release() error {
	if err := l.file.Unlock(); err != nil {
		return fmt.Errorf("release lock: %w", err)
	}
	return nil
}

// LockProgress tells when the lock's holder, or its last one, last made
// progress. The error is fs.ErrNotExist where there never was one.
func LockProgress(dir, account string) (time.Time, error) {
	path, err := lockPath(dir, account)
	if err != nil {
		return time.Time{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, fmt.Errorf("read progress: %w", err)
	}
	return info.ModTime(), nil
}

// lockPath names the file NAME.lock, so that "." and ".." are harmless. Some
// file systems take "A" and "a" for one name; a name with capitals has their
// places added as a number, as in "Work=1.lock".
func lockPath(dir, account string) (string, error) {
	if err := CheckName(account); err != nil {
		return "", err
	}
	var capitals uint64
	for i := range len(account) {
		if isUpper(account[i]) {
			capitals |= 1 << i
		}
	}
	if capitals != 0 {
		account += "=" + strconv.FormatUint(capitals, 16)
	}
	return filepath.Join(dir, account+".lock"), nil
}
