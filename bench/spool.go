package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// openFile is a file that a process has open.
type openFile struct {
	mode  fs.FileMode
	links uint64
	size  int64
}

// spoolSpy looks at the spool files of a process while it runs.
type spoolSpy struct {
	dir string
	// seen counts looks at a file with something in it; largest is the
	// most that one held, in octets.
	seen    int
	largest int64
	wrong   error
}

func (s *site) spool() string { return filepath.Join(filepath.Dir(s.statePath()), "spool") }

// look takes note of the files that are open in the spool now. One that holds
// nothing yet may still have its name, for a moment.
func (s *spoolSpy) look(pid int) {
	for _, f := range openFiles(pid, s.dir) {
		if f.size == 0 {
			continue
		}
		s.seen++
		s.largest = max(s.largest, f.size)
		if s.wrong == nil && (f.links != 0 || f.mode.Perm() != 0o600) {
			s.wrong = fmt.Errorf("a spool file of %d octets has the mode %v and %d names", f.size, f.mode, f.links)
		}
	}
}

// verdict fails where a file was open to others, or none was seen at all.
func (s *spoolSpy) verdict() error {
	if s.seen == 0 {
		return errors.New("no spool file was seen")
	}
	return s.wrong
}

// empty fails where a file is left.
func (s *spoolSpy) empty() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("look into the spool: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%d files are left in the spool after SIGKILL", len(entries))
	}
	return nil
}
