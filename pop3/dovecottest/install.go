package dovecottest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrMissing is what Start's error wraps where Dovecot 2.3, or its POP3 part,
// isn't installed.
var ErrMissing = errors.New("dovecot 2.3 with its POP3 part is not installed")

// Distributions put these outside the PATH of an ordinary user.
var (
	binaryFolders  = [...]string{"/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"}
	libexecFolders = [...]string{
		"/usr/lib/dovecot", "/usr/libexec/dovecot", "/usr/local/libexec/dovecot",
		"/usr/local/lib/dovecot", "/opt/homebrew/opt/dovecot/libexec/dovecot",
	}
)

// findBinary gives the path of a dovecot that the configuration written here
// fits: 2.4 changed the syntax of nearly every setting.
func findBinary(ctx context.Context) (string, error) {
	path, err := exec.LookPath("dovecot")
	if err != nil {
		if path = firstExisting("dovecot", binaryFolders[:]); path == "" {
			return "", fmt.Errorf("%w: no dovecot binary", ErrMissing)
		}
	}
	if firstExisting("pop3-login", libexecFolders[:]) == "" {
		return "", fmt.Errorf("%w: no pop3-login", ErrMissing)
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("dovecottest: ask dovecot for its version: %w", err)
	}
	if !strings.HasPrefix(string(out), "2.3.") {
		return "", fmt.Errorf("%w: found version %q", ErrMissing, strings.TrimSpace(string(out)))
	}
	return path, nil
}

func firstExisting(name string, folders []string) string {
	for _, folder := range folders {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}
