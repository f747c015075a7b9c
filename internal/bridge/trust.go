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
	if !j.clockJumped() {
		return nil
	}
	j.clockSuspect = true
	if j.Policy.Never {
		return nil
	}
	theirs, err := j.To.serverTime(ctx)
	if err == nil && theirs.Sub(j.started).Abs() <= agreement {
		j.clockSuspect = false
		return nil
	}
	j.ageSuspended = true
	if err == nil {
		err = fmt.Errorf("by Gmail's clock it is %s", theirs.UTC().Format(time.RFC3339))
	}
	j.fail(&Failure{Class: Later, key: "clock", Err: fmt.Errorf(
		"trust the clock: it says %s, the last run was at %s, and nothing is deleted by age until they fit: %w",
		j.started.UTC().Format(time.RFC3339), j.known.ClockAt.UTC().Format(time.RFC3339), err),
		Hint: "date -u"})
	return nil
}

// clockJumped tells whether the clock moved as no clock should since the last
// run that it was believed in.
func (j *job) clockJumped() bool {
	gap := j.started.Sub(j.known.ClockAt)
	return !j.known.ClockAt.IsZero() && (gap < -backwards || gap > leap)
}

// serverTime asks Gmail the time, by a request that costs little.
func (d *Destination) serverTime(ctx context.Context) (time.Time, error) {
	if err := d.awaitTurn(ctx, gmail.UnitsLabelsList); err != nil {
		return time.Time{}, err
	}
	return d.Importer.AskTime(ctx)
}
