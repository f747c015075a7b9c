package bridge

import (
	"context"
	"time"

	"github.com/popbridge/popbridge/state"
)

// turn is the leave to make a call.
type turn struct {
	// Call is what is reserved for it; it has no units where nothing is.
	state.Call
	began time.Time
}

// awaitTurn waits out a pause and the quota's next slot for units.
func (d *Destination) awaitTurn(ctx context.Context, units int) (turn, error) {
	for {
		call, err := d.awaitQuota(ctx, units)
		if err != nil {
			return turn{}, err
		}
		if t := (turn{call, d.Now()}); d.holds(t) {
			return t, nil
		}
	}
}

// holds tells whether a turn is good still: no pause began, and the quota
// wasn't found to be smaller, since it was reserved.
func (d *Destination) holds(t turn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	// A pause that reaches further is from before the clock was moved back.
	void := t.At.Before(d.limitedUntil) && d.limitedUntil.Sub(t.began) <= foresight
	return !t.began.Before(d.resumeAt) && (t.Units == 0 || !void)
}

// awaitPause waits until no failure keeps calls waiting.
func (d *Destination) awaitPause(ctx context.Context) error {
	for {
		now := d.Now()
		d.mu.Lock()
		wait, stopped := d.resumeAt.Sub(now), d.stopped
		d.mu.Unlock()
		if stopped != nil {
			return stopped
		}
		if wait <= 0 {
			return ctx.Err()
		}
		if err := waitFor(ctx, retryWait, wait, d.Sleep); err != nil {
			return err
		}
	}
}

// awaitQuota waits until calls may be reserved, and then for the slot.
func (d *Destination) awaitQuota(ctx context.Context, units int) (state.Call, error) {
	if d.Pace.UnitsPerMinute <= 0 || units == 0 {
		return state.Call{}, d.awaitPause(ctx)
	}
	if err := d.awaitBooking(ctx); err != nil {
		return state.Call{}, err
	}
	defer d.booking.Release(1)
	if err := d.awaitPause(ctx); err != nil {
		return state.Call{}, err
	}
	r, now := ration{d.Pace.UnitsPerMinute}, d.Now()
	call, rate := state.Call{Units: units}, 0
	err := d.Quota.Reserve(ctx, d.Address, func(q state.Quota) state.Quota {
		rate = r.rate(q, now)
		q, call.At = r.reserve(q, now, units)
		return q
	})
	if err != nil {
		return state.Call{}, err
	}
	d.tellRate(call, rate)
	// The reservation took its time; but the clock may have been set meanwhile.
	wait := min(call.At.Sub(now), call.At.Sub(d.Now()))
	return call, waitFor(ctx, quotaWait, wait, d.Sleep)
}

func (d *Destination) awaitBooking(ctx context.Context) error {
	if d.booking.TryAcquire(1) {
		return nil
	}
	defer watching(ctx).during(quotaWait)()
	return d.booking.Acquire(ctx, 1)
}
