package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/gmail"
)

const (
	// backwards is how far the clock may run back between two runs: time
	// servers correct it by seconds.
	backwards = time.Minute
	// leap is how far it may run ahead between two runs without a question.
	leap = 48 * time.Hour
	// agreement is how near Gmail's clock must be to ours.
	agreement = 24 * time.Hour
)

// checkClock suspends deletion by age after the clock jumped, until Gmail's
// clock agrees: a wrong clock must not delete mail early.
func (j *job) checkClock(ctx context.Context) error {
	if !j.clockJumped() && !j.importedAhead() {
		return nil
	}
	theirs, err := j.To.serverTime(ctx)
	if err == nil && theirs.Sub(j.started).Abs() <= agreement {
		return j.bringForward(ctx)
	}
	j.clockSuspect = true
	j.floor = later(j.floor, later(j.known.ClockAt, theirs))
	if j.Policy.Never {
		return nil
	}
	j.ageSuspended = true
	if f := Classify(err, j.Name, j.To.Name); f != nil && f.Class >= Person {
		j.failDelivery(err)
		return nil
	}
	if err == nil {
		err = fmt.Errorf("by Gmail's clock it is %s", theirs.UTC().Format(time.RFC3339))
	}
	j.fail(&Failure{Class: Later, key: "clock", Err: fmt.Errorf(
		"trust the clock: it says %s, an earlier run was at %s, and nothing is deleted by age until they fit: %w",
		j.started.UTC().Format(time.RFC3339), later(j.known.ClockAt, j.book.latestImport()).UTC().Format(time.RFC3339), err),
		Hint: "date -u, and set this machine's clock if that is wrong"})
	return nil
}

// clockJumped tells whether the clock moved as no clock should since the last
// run that it was believed in.
func (j *job) clockJumped() bool {
	if j.known.ClockAt.IsZero() {
		return !j.book.latestImport().IsZero() // no clock was believed in yet
	}
	gap := j.started.Sub(j.known.ClockAt)
	return gap < -backwards || gap > leap
}

// importedAhead tells that something was imported later than it is now.
func (j *job) importedAhead() bool { return j.book.latestImport().Sub(j.started) > backwards }

// bringForward has the retention of what was imported while the clock was
// ahead begin now that it is right.
func (j *job) bringForward(ctx context.Context) error {
	var uids []string
	for _, r := range j.book.all() {
		if r.ImportedAt.Time().After(j.started) {
			uids = append(uids, r.UID)
		}
	}
	rows, err := j.book.records(ctx, uids)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].ImportedAt = j.started
	}
	return j.book.rewrite(ctx, nil, rows)
}

// moment is the time that is recorded: by the clock, but no earlier than what
// is known to have passed.
func (j *job) moment() time.Time { return later(j.Now(), j.floor) }

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// doubtClock keeps a clock that Gmail's answers contradict from vouching for
// the next run's. What was imported has Gmail's time already.
func (j *job) doubtClock() {
	if by := j.To.clockOff(); by != 0 {
		j.clockSuspect = true
		j.Log.Warn("the clock differs from Gmail's", "by", by)
	}
}

// clockOff tells how far Gmail's clock was ahead of ours at its last answer,
// as far as it matters.
func (d *Destination) clockOff() time.Duration {
	if by, ok := d.Importer.Skew(); ok && by.Abs() > agreement {
		return by
	}
	return 0
}

// importTime is the time of an import: by the later of the two clocks, lest
// retention end early, and no earlier than what is known to have passed.
func (d *Destination) importTime(known time.Time) time.Time {
	now := d.Now()
	return later(later(now, now.Add(d.clockOff())), known)
}

// serverTime asks Gmail the time, by a request that costs little.
func (d *Destination) serverTime(ctx context.Context) (time.Time, error) {
	if _, err := d.awaitTurn(ctx, gmail.UnitsLabelsList); err != nil {
		return time.Time{}, err
	}
	return d.Importer.AskTime(ctx)
}
