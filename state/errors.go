package state

import (
	"errors"
	"fmt"
)

// ErrMissing is what errors.Is finds in the error of opening a file that does
// not exist with ReadOnly.
var ErrMissing = errors.New("no state file")

// ErrClosed is returned by a change that is asked for after Close.
var ErrClosed = errors.New("state is closed")

// ErrUnknownAccount and ErrAccountExists are found in errors of Move.
var (
	ErrUnknownAccount = errors.New("account is not in the state")
	ErrAccountExists  = errors.New("account is in the state already")
)

// Kind says what is wrong with a state file.
type Kind int

// The kinds of Error.
const (
	// Missing: there is no such file, and it was not to be made.
	Missing Kind = iota + 1
	// ParentMissing: the folder that holds the file's folder is missing, as
	// it is while a volume is not mounted.
	ParentMissing
	// Damaged: the file is no state file of ours, or no longer a whole one.
	Damaged
	// Newer: written by a later version of popbridge.
	Newer
	// Older: written by an earlier version, and opened with ReadOnly.
	Older
	// Full: the disk is full. Nothing was changed.
	Full
	// Unwritable: the file cannot be opened, read or written.
	Unwritable
	// Busy: another program kept the file locked for BusyTimeout.
	Busy
)

// Error tells what is wrong with the state file as a whole. Its text is meant
// for the person at the terminal.
type Error struct {
	// Path is the state file.
	Path string
	Kind Kind
	// Detail completes the text of some kinds, see Error.
	Detail string
	// Err is the cause, nil where popbridge itself saw what is wrong.
	Err error
}

// Error gives the text.
func (e *Error) Error() string {
	switch e.Kind {
	case Missing:
		return fmt.Sprintf("state file %s does not exist%s", e.Path, e.Detail)
	case ParentMissing:
		return fmt.Sprintf("state file %s cannot be made: folder %s does not exist (is its volume mounted?)", e.Path, e.Detail)
	case Damaged:
		return fmt.Sprintf("state file %s is damaged: %s", e.Path, e.detail())
	case Newer:
		return fmt.Sprintf("state file %s was written by a newer popbridge (%s)", e.Path, e.detail())
	case Older:
		return fmt.Sprintf("state file %s was written by an older popbridge (%s); the next run brings it up to date", e.Path, e.detail())
	case Full:
		return fmt.Sprintf("state file %s cannot be written: the disk is full", e.Path)
	case Busy:
		return fmt.Sprintf("state file %s is busy: another program has kept it locked for %s", e.Path, BusyTimeout)
	default:
		return fmt.Sprintf("state file %s cannot be read or written: %s", e.Path, e.detail())
	}
}

func (e *Error) detail() string {
	if e.Detail == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Detail
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrMissing) work.
func (e *Error) Is(target error) bool { return target == ErrMissing && e.Kind == Missing }
