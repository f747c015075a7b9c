package bridge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/popbridge/popbridge/state"
)

const (
	// memory is how long a row stays after it was last listed: a mailbox
	// restored from a backup is not imported again within it.
	memory = 365 * 24 * time.Hour
	// remindAfter is how long a person who must act is left in peace.
	remindAfter = 24 * time.Hour
)

// close records how the run went, and decides whether to say so.
func (j *job) close(ctx context.Context) error {
	if ctx.Err() != nil || j.book == nil && j.result.Failure != nil && j.result.Failure.Class == NoState {
		j.result.Say = j.result.Failure != nil && !j.result.Failure.Quiet
		return nil
	}
	now := j.Now()
	newDay := !j.started.Truncate(24 * time.Hour).Equal(j.known.LastRun.Truncate(24 * time.Hour))
	next := j.outcome(now)
	j.result.Say = announce(&next, j.result.Failure, now, j.AlertAfter)
	ctx = context.WithoutCancel(ctx)
	err := j.Ledger.Write(ctx, func(w *state.Writer) error { return w.PutAccount(next) })
	if err == nil && newDay && !j.clockSuspect {
		_, err = j.Ledger.Forget(ctx, j.Name, j.started.Add(-memory))
	}
	if err != nil {
		j.result.Say = true
		return fmt.Errorf("record the run of %s: %w", j.Name, err)
	}
	return nil
}

// outcome is the account's row after this run.
func (j *job) outcome(now time.Time) state.Account {
	next := j.known
	next.Name, next.LastRun, next.Blocked = j.Name, now, j.To.halted() != nil
	if !j.clockSuspect {
		next.ClockAt = j.started
	}
	f := j.result.Failure
	if j.result.Actions != nil { // the mailbox was there
		next.Mailbox = j.Mailbox
	}
	next.FlawedSince, next.OneByOneSince = j.noteFlaw(now), j.noteLosses(now)
	if j.result.Whole {
		next.Listed, next.Octets = j.result.Listed-j.result.Deleted, j.result.Octets-j.deletedOctets
	}
	if f == nil || f.Class == NewlyRefused {
		next.LastSuccess, next.Failures, next.FailingSince = now, 0, nothing
		next.Error, next.Hint, next.Told, next.ToldAt = "", "", "", nothing
		return next
	}
	if next.Failures == 0 || now.Before(next.FailingSince) {
		next.FailingSince = now
	}
	next.Failures++
	next.Error, next.Hint = f.Error(), f.Hint
	return next
}

// Tell decides whether to say a failure that kept the account's run from
// beginning, and records that it was said.
func (a *Account) Tell(ctx context.Context, f *Failure) bool {
	row, err := a.Ledger.Account(ctx, a.Name)
	if err != nil {
		return true
	}
	if !announce(&row, f, a.Now(), a.AlertAfter) {
		return false
	}
	err = a.Ledger.Write(ctx, func(w *state.Writer) error { return w.PutAccount(row) })
	if err != nil {
		a.Log.Debug("record what was told", "error", err)
	}
	return true
}

// announce decides whether to say a failure aloud, and notes in the row that
// it was said. What needs a person is said once, and again after a day; what
// passes by itself, only once it has lasted. An account that never worked is
// being set up, and its person is there.
func announce(a *state.Account, f *Failure, now time.Time, alertAfter time.Duration) bool {
	if f == nil {
		return false
	}
	switch f.Class {
	case NewlyRefused, NoState, Bug:
		return true
	case Later, Unavailable:
		settingUp := f.Class == Unavailable && !f.Quiet && a.LastSuccess.IsZero()
		if now.Sub(a.FailingSince) < alertAfter && !settingUp {
			return false
		}
	}
	key := strings.ReplaceAll(fmt.Sprintf("%d: %s: %s", f.Class, f.key, f.Hint), "\n", "; ")
	told := strings.Split(a.Told, "\n")
	if since := now.Sub(a.ToldAt); since >= remindAfter || since < 0 {
		told, a.ToldAt = nil, now
	}
	if slices.Contains(told, key) {
		return false
	}
	a.Told = strings.Join(append(told, key), "\n")
	return true
}

// checkMailbox refuses to work on another mailbox than the account had, and
// to take up a renamed account's mailbox afresh: all its mail would arrive
// again.
func (j *job) checkMailbox(ctx context.Context) error {
	if was := j.known.Mailbox; was != "" {
		if userOf(was) == userOf(j.Mailbox) {
			return nil
		}
		return j.anotherMailbox()
	}
	accounts, err := j.Ledger.AccountsOf(ctx, j.Mailbox)
	if err != nil {
		return fmt.Errorf("read the state: %w", err)
	}
	for _, a := range accounts {
		if a.Name != j.Name && !j.Configured(a.Name) {
			return &Failure{Class: Misconfigured, Err: fmt.Errorf(
				"account %s is new, but its mailbox %s is known as %s", j.Name, j.Mailbox, a.Name),
				Hint: fmt.Sprintf("popbridge state move %s %s", a.Name, j.Name)}
		}
	}
	return nil
}

func (j *job) anotherMailbox() error {
	return &Failure{Class: Misconfigured, Err: fmt.Errorf(
		"account %s was the mailbox %s and is now %s", j.Name, j.known.Mailbox, j.Mailbox),
		Hint: fmt.Sprintf("if it is another mailbox: popbridge state move %[1]s %[1]s-old; "+
			"to go on with it as the same mailbox: popbridge state move %[1]s %[1]s", j.Name)}
}

// recognise refuses a mailbox on another host that has mail, and none of the
// mail that the account's had: users have the same name in many places.
func (j *job) recognise(actions []Action) error {
	if j.known.Mailbox == "" || j.known.Mailbox == j.Mailbox || len(actions) == 0 || !j.book.anyListed() {
		return nil
	}
	for _, a := range actions {
		if a.Verb != Import && a.Verb != Refuse || a.Verb == Import && a.Reason != New {
			return nil
		}
	}
	return j.anotherMailbox()
}

// userOf gives the user of a mailbox written as user@host:port. The host may
// change when a provider moves.
func userOf(mailbox string) string {
	return mailbox[:max(strings.LastIndex(mailbox, "@"), 0)]
}
