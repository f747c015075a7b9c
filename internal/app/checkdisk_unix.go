//go:build unix

package app

import "golang.org/x/sys/unix"

// writable asks the system without writing.
func writable(path string) error { return unix.Access(path, unix.W_OK) }
