package dovecottest_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// TestAnotherVersionIsAsGoodAsNone holds where Dovecot isn't installed, too.
func TestAnotherVersionIsAsGoodAsNone(t *testing.T) {
	dir := t.TempDir()
	fake := []byte("#!/bin/sh\necho '2.4.1 (0000000)'\n")
	if err := os.WriteFile(filepath.Join(dir, "dovecot"), fake, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	s, err := dovecottest.Start(t.TempDir(), dovecottest.Options{})
	if err == nil {
		_ = s.Stop()
	}
	if !errors.Is(err, dovecottest.ErrMissing) {
		t.Errorf("got %v", err)
	}
}
