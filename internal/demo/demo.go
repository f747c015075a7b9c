// Package demo shows the whole job on one machine: a POP3 server with sample
// mail, a stand-in for Gmail, and popbridge between them for some simulated
// days. It starts the program through the command line it is handed, so that
// what is shown is what runs elsewhere; the clock and the servers alone are its
// own.
package demo

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"
)

// Invoke runs popbridge with the arguments that follow the program's name, by
// the clock now, and gives its exit code.
type Invoke func(ctx context.Context, now func() time.Time, stdout, stderr io.Writer, args ...string) int

// Options are what the demo is given.
type Options struct {
	// Out is where it tells what it does.
	Out io.Writer
	// Mail holds the sample messages, each a file NAME.eml.
	Mail fs.FS
	// Invoke starts popbridge. Serve doesn't need it.
	Invoke Invoke
	// Colour sets off titles and commands, for a terminal.
	Colour bool
}

// ErrSetup is the demo's failure to set up servers, files and sample mail.
var ErrSetup = errors.New("set up the demo")

// Run plays all scenes and holds what Gmail has against what the mailboxes
// held. It fails where anything is otherwise than the text says, and leaves
// nothing behind.
func Run(ctx context.Context, o Options) (err error) {
	c := newClock(firstDay)
	st, err := openStage(c.now, o.Mail, runTerms)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	s := &show{ctx: ctx, Options: o, stage: st, clock: c}
	for _, scene := range scenes {
		scene(s)
	}
	return s.err
}
