//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// hiddenLine reads a line of standard input, a terminal, without showing it.
// Package term's would take Ctrl-D, which ends the input with a read of
// nothing, for a read to be tried again.
func hiddenLine(fd int) (string, error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return "", err
	}
	mode := *before
	mode.Lflag = mode.Lflag&^unix.ECHO | unix.ICANON | unix.ISIG
	mode.Iflag |= unix.ICRNL
	if err := unix.IoctlSetTermios(fd, setTermios, &mode); err != nil {
		return "", err
	}
	defer func() { _ = unix.IoctlSetTermios(fd, setTermios, before) }() // the terminal may be gone
	return typedLine(os.Stdin)
}

// typedLine reads one octet at a time, so that none of the next line is lost.
// What was typed before the end of the input is a line.
func typedLine(keys io.Reader) (string, error) {
	var typed []byte
	for octet := make([]byte, 1); ; {
		n, err := keys.Read(octet)
		switch {
		case n == 0 && err == io.EOF && len(typed) > 0, n > 0 && octet[0] == '\n':
			return string(typed), nil
		case n == 0 && err != nil:
			return "", err
		case n > 0 && octet[0] == '\b': // where the terminal erases by another key
			typed = typed[:max(0, len(typed)-1)]
		case n > 0:
			typed = append(typed, octet[0])
		}
	}
}
