package main

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
)

// tool is a POP3 client that is measured.
type tool struct {
	name string
	// fresh makes it forget what it has fetched, and what it delivered.
	fresh func() error
	// command is a run that takes what is new to it and leaves the mailbox as
	// it is.
	command func() *exec.Cmd
	// delivered counts the messages that it brought since fresh.
	delivered func() (int, error)
	// fine are exit statuses besides 0 that aren't failures.
	fine []int
	// flaky says how often a run that failed may be tried again; when none
	// succeeds, the tool is left out.
	flaky int
}

// run runs a tool once, and fails unless it has brought want messages by then.
func (b *bench) run(t tool, want int) (usage, error) {
	u, err := b.measure(b.ctx, t.command())
	if err != nil && (b.ctx.Err() != nil || !slices.Contains(t.fine, u.Exit)) {
		return u, err
	}
	got, err := t.delivered()
	if err != nil {
		return u, err
	}
	if got != want {
		return u, fmt.Errorf("%s brought %d messages, want %d: %s%s", t.name, got, want, u.Stdout, u.Stderr)
	}
	b.logf("%-10s %s, CPU %s, %s", t.name, seconds(u.Wall), seconds(u.CPU()), mebibytes(u.MaxRSS))
	return u, nil
}

// errLeftOut tells of a flaky tool that no run succeeded with.
var errLeftOut = errors.New("left out")

// runFresh is run of a tool that knows nothing yet. Only the run that succeeds
// counts.
func (b *bench) runFresh(t tool, want int) (u usage, err error) {
	for range t.flaky + 1 {
		if err := t.fresh(); err != nil {
			return u, fmt.Errorf("prepare %s: %w", t.name, err)
		}
		if u, err = b.run(t, want); err == nil || b.ctx.Err() != nil {
			break
		}
		b.logf("%-10s %v", t.name, err)
	}
	if err != nil && t.flaky > 0 {
		err = errors.Join(errLeftOut, err)
	}
	return u, err
}
