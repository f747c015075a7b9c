package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestLockAccount(t *testing.T) {
	dir := t.TempDir()
	lock, err := LockAccount(dir, "acct")
	must(t, err)
	if _, err := LockAccount(dir, "acct"); !errors.Is(err, ErrLocked) {
		t.Errorf("second: %v", err)
	}
	other, err := LockAccount(dir, "other")
	must(t, err)
	must(t, other.Release())
	info, err := os.Stat(filepath.Join(dir, "acct.lock"))
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
	must(t, lock.Release())
	must(t, lock.Release())
	again, err := LockAccount(dir, "acct")
	must(t, err)
	must(t, again.Release())
}

func TestLockProgress(t *testing.T) {
	dir := t.TempDir()
	if _, err := LockProgress(dir, "acct"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("never locked: %v", err)
	}
	lock, err := LockAccount(dir, "acct")
	must(t, err)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	must(t, lock.Touch(at))
	if got, err := LockProgress(dir, "acct"); err != nil || !got.Equal(at) {
		t.Errorf("progress is %v, %v", got, err)
	}
	must(t, lock.Release())
	// What an earlier run left is not taken for the next one's progress.
	lock, err = LockAccount(dir, "acct")
	must(t, err)
	if got, err := LockProgress(dir, "acct"); err != nil || !got.After(at) {
		t.Errorf("progress is %v, %v", got, err)
	}
	must(t, lock.Release())
}

// No two names may share a file, even where capitals don't count.
func TestLockNames(t *testing.T) {
	dir := t.TempDir()
	seen := map[string]string{}
	long := strings.Repeat("x", 63)
	for _, name := range []string{"a", "A", "ab", "Ab", "aB", "AB", ".", "..", "a.lock", "-", long + "x", long + "X", strings.Repeat("X", 64)} {
		lock, err := LockAccount(dir, name)
		must(t, err)
		must(t, lock.Release())
		file := strings.ToLower(filepath.Base(lock.file.Path()))
		if filepath.Dir(lock.file.Path()) != dir || seen[file] != "" {
			t.Errorf("%s and %s share %s", name, seen[file], lock.file.Path())
		}
		seen[file] = name
	}
	for _, name := range []string{"", "a/b", `a\b`, "ü", "a b", long + "xx"} {
		if _, err := LockAccount(dir, name); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
}
