package config

import (
	"fmt"
	"io/fs"
	"strings"
)

// CheckSecretFile refuses a file that holds a secret and is open to other
// users: its mode has a bit of 007. Windows has no such bits, and passes. The
// error is an *Error whose Hint is the chmod that mends it.
func CheckSecretFile(path string, mode fs.FileMode, goos string) error {
	if fault := exposed(path, mode, goos); fault != nil {
		return fault
	}
	return nil
}

func exposed(path string, mode fs.FileMode, goos string) *Error {
	if goos == "windows" || mode.Perm()&0o007 == 0 {
		return nil
	}
	return &Error{
		File:    path,
		Problem: fmt.Sprintf("holds a secret and is open to others (mode %04o)", mode.Perm()),
		Hint:    "chmod 600 " + ShellWord(path),
	}
}

// ShellWord quotes a path for a POSIX shell where it needs that.
func ShellWord(path string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,@%="
	if path != "" && strings.Trim(path, safe) == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
