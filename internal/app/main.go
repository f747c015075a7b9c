// Package app is popbridge's command line: it reads what was typed and what
// is configured, has the bridge do it, and says what came of it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
)

// Version is what --version prints; a release sets it when it is linked.
var Version = "0.1.0-dev"

// World is all that a command touches besides files and the network.
type World struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// StderrIsTerminal and StdoutIsTerminal tell whether a person watches.
	StderrIsTerminal, StdoutIsTerminal bool
	// ReadSecret reads a line that is not shown while it is typed; nil where
	// nobody sits at standard input.
	ReadSecret func() (string, error)
	Getenv     func(string) string
	Home, GOOS string
	Now        func() time.Time
	// Backoff gives the pauses after Gmail's failures; nil is gmail.Backoff.
	Backoff bridge.Backoff
	// Sleep waits for a time of Now before calls to Gmail; nil is real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Progress is told how a run gets on with each account, as
	// bridge.Account's is; nil is nobody.
	Progress func(account string, p bridge.Progress)
	// Providers tell how mailboxes are reached; nil is package provider.
	Providers Providers
	// Mail is the sample mail of the demo.
	Mail fs.FS
	// OpenBrowser shows a page.
	OpenBrowser func(url string) error
}

// Signalled is the cause of a context that a signal ended.
type Signalled struct{ Signal os.Signal }

// Error names the signal.
func (s Signalled) Error() string { return s.Signal.String() }

// Main runs the command in args, whose first element is the program's name,
// and gives the exit code.
func Main(ctx context.Context, args []string, w World) (code int) {
	out := &output{w: w.Stdout}
	stderr := &serial{w: w.Stderr}
	w.Stdout, w.Stderr = out, stderr
	p := &program{World: w, stderr: stderr, exit: untilSignalled(ctx), log: silent(), said: map[string]bool{}}
	defer func() {
		if r := recover(); r != nil {
			// The stack names functions, but no values beyond addresses.
			fmt.Fprintf(w.Stderr, "popbridge: a bug: %T\n%s", r, debug.Stack())
			code = exitBug
		}
	}()
	err := p.run(ctx, args)
	if code := p.exit(exitOK); code != exitOK {
		return code
	}
	if out.err != nil {
		err = &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf("write to standard output: %w", out.err)}
	}
	return p.conclude(err)
}

// untilSignalled gives a function that gives an exit code back, unless a
// signal has ended the context: then it gives the signal's.
func untilSignalled(ctx context.Context) func(int) int {
	return func(code int) int {
		var s Signalled
		switch {
		case !errors.As(context.Cause(ctx), &s):
			return code
		case s.Signal == syscall.SIGTERM, s.Signal == syscall.SIGHUP:
			return exitTerminated
		default:
			return exitInterrupted
		}
	}
}

// conclude says what is still to be said, and gives the exit code.
func (p *program) conclude(err error) int {
	var done exitError
	var usage usageError
	var wrong config.Errors
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &done):
		return done.code
	case errors.As(err, &usage):
		p.complain("", usage.Error(), usage.hint)
		return exitUsage
	case errors.As(err, &wrong):
		for _, e := range wrong {
			p.complain("", e.Error(), e.Hint)
		}
		return exitMisconfigured
	default:
		f := bridge.Classify(err, "", "")
		p.complain("", err.Error(), hintOf(f))
		return exitOf(f)
	}
}

// exitError ends the command with a code; all is said.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// usageError is a command that was typed wrongly.
type usageError struct {
	text string
	hint string
}

func (e usageError) Error() string { return e.text }
