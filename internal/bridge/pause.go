package bridge

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

const (
	// patience is how many failures in a row, each after a longer pause, a
	// destination is given in one run.
	patience = 5
	// longestPause is the longest that a run waits before another try; past
	// that the next run is the better place.
	longestPause = time.Minute
	// tellingPercent of the configured rate is a rise that is worth a word.
	tellingPercent = 10
)

// failed books a passing failure of the call that had a turn: all calls
// pause, or the destination stops. Calls that were under way together count
// once.
func (d *Destination) failed(ctx context.Context, t turn, ge *gmail.Error, cause error) error {
	limited := ge.Limit == gmail.PerMinute && t.Units > 0
	d.mu.Lock()
	stopped, failures, together := d.stopped, d.failures, t.began.Before(d.resumeAt)
	d.mu.Unlock()
	if stopped != nil || together && !limited {
		return stopped
	}
	attempt := failures
	if limited {
		// The pauses of a run outlast a minute, however Gmail counts that.
		attempt *= 3
	}
	pause := d.Backoff(attempt, ge.RetryAfter, rand.Float64())
	if pause > longestPause && !together {
		return d.halt(cause)
	}
	if limited {
		var err error
		if pause, err = d.slowDown(ctx, t, min(pause, longestPause), failures > 0); err != nil {
			return err
		}
	}
	return d.pause(t, pause, cause)
}

// pause has all calls wait, unless that of t began before an earlier pause
// ended; a failure too many stops the destination.
func (d *Destination) pause(t turn, pause time.Duration, cause error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped != nil || t.began.Before(d.resumeAt) {
		return d.stopped
	}
	d.failures++
	if d.failures >= patience {
		d.stopped = cause
		return d.stopped
	}
	d.resumeAt = d.Now().Add(pause)
	return nil
}

// slowDown finds the rate that Gmail allows, for all processes, and how long
// they are to pause: for least, or longer.
func (d *Destination) slowDown(ctx context.Context, t turn, least time.Duration, inRow bool) (pause time.Duration, err error) {
	r, now := ration{d.Pace.UnitsPerMinute}, d.Now()
	var before, rate int
	err = d.Quota.Reserve(ctx, d.Address, func(q state.Quota) state.Quota {
		before = r.rate(q, now)
		q = r.limit(q, t.Call, now, least, inRow)
		rate, pause = r.rate(q, now), q.Since.Sub(now)
		return q
	})
	if err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limitedUntil = later(d.limitedUntil, now.Add(pause))
	if rate < before {
		d.Log.Info("Gmail allows less: lowered the rate", "units_per_minute", rate, "from", before, "pause", pause)
		d.told = rate
	}
	return pause, nil
}

// tellRate logs the rate of a call where another process has lowered it, or
// it has risen.
func (d *Destination) tellRate(c state.Call, rate int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	full := d.Pace.UnitsPerMinute
	switch {
	case c.At.Before(d.limitedUntil): // it is void
		return
	case rate < d.told:
		d.Log.Info("Gmail allowed less lately: lowered the rate", "units_per_minute", rate, "from", d.told)
	case rate > d.told && (rate == full || rate-d.told >= full*tellingPercent/100):
		d.Log.Info("raised the rate", "units_per_minute", rate, "from", d.told)
	default:
		return
	}
	d.told = rate
}
