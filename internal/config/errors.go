package config

import (
	"fmt"
	"sort"
	"strings"
)

// Error is one fault of the configuration, or of a file that it names. Its
// text never holds a password.
type Error struct {
	// File is the path as it was given.
	File string
	// Line counts from 1; 0 where the fault has no place.
	Line int
	// Column counts octets from 1, for faults of TOML syntax; 0 for others.
	Column int
	// Key is the dotted key, as in "pop3.retention"; empty where the fault
	// is the file's.
	Key string
	// Problem says what is wrong, in lower case.
	Problem string
	// Hint is the command or the act that mends it, or empty.
	Hint string
	// Err is the cause for errors.Is, where there is one; Problem tells of it.
	Err error
}

// Error describes the fault in one line, without the hint.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(plain(e.File))
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
		b.WriteString(": ")
	}
	if e.Key != "" {
		b.WriteString(plain(e.Key) + ": ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errors are all the faults that were found, in the order of their lines.
// It is never empty.
type Errors []*Error

// Error gives a line for each fault.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, fault := range e {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the faults one by one, for errors.Is and errors.As.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, fault := range e {
		all[i] = fault
	}
	return all
}

// sort puts the faults in the order of the file; those without a line, which
// concern all of it, come last.
func (e Errors) sort() {
	sort.SliceStable(e, func(i, j int) bool {
		if (e[i].Line == 0) != (e[j].Line == 0) {
			return e[j].Line == 0
		}
		return e[i].Line < e[j].Line
	})
}
