//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package main

import "golang.org/x/term"

// hiddenLine reads a line of a terminal without showing it.
func hiddenLine(fd int) (string, error) {
	line, err := term.ReadPassword(fd)
	return string(line), err
}
