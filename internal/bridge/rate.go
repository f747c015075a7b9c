package bridge

import (
	"slices"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

const (
	// window is what Gmail counts units over.
	window = time.Minute
	// slack is waited beyond the window: two calls may take differently long
	// to reach Gmail.
	slack = time.Second
	// recent is how long calls are remembered; a refusal is told of a little
	// after its window.
	recent = 90 * time.Second
	// grain is how close calls are remembered as one.
	grain = 100 * time.Millisecond
	// foresight is how far a pause may reach ahead. One that reaches further
	// is from before the clock was moved back.
	foresight = 2 * time.Minute
	// calm is how long a lowered rate stays. Then it rises by so many percent
	// of the configured one a minute.
	calm        = 10 * time.Minute
	risePercent = 2
	// marginPercent of what was let through is used; where that was too much
	// within a window, stepPercent of the rate.
	marginPercent = 98
	stepPercent   = 95
	// nearPercent of a rate that went well for long is taken for that rate:
	// of few calls, one is a large part.
	nearPercent = 90
	// roomPercent of what went through, and leastRoom units, must have left
	// the window before calls go on, lest one that is quicker on its way than
	// the one before meet a full window.
	roomPercent = 2
	leastRoom   = 2 * gmail.UnitsImport
	// steepest is what a rate is divided by at most: where even less came
	// through, others had the rest, and may be done with it.
	steepest = 4
)

// ration is how much of a destination's quota is used. It only calculates.
type ration struct {
	// perMinute are the units configured; 0 is unlimited.
	perMinute int
}

// rate gives the units a minute that are paced by at a moment.
func (r ration) rate(q state.Quota, at time.Time) int {
	if q.Rate <= 0 || q.Since.Sub(at) > foresight {
		return r.perMinute
	}
	rate := float64(q.Rate)
	if quiet := at.Sub(q.Since) - calm; quiet > 0 {
		rate += quiet.Minutes() * float64(r.perMinute) * risePercent / 100
	}
	return int(min(rate, float64(r.perMinute)))
}

// Rate gives the units a minute that calls are paced by at a moment, which are
// fewer than the configured ones where Gmail allowed less; 0 is unlimited.
func Rate(configured int, q state.Quota, at time.Time) int { return ration{configured}.rate(q, at) }

// reserve books a call of so many units, and gives when it may start.
func (r ration) reserve(q state.Quota, now time.Time, units int) (state.Quota, time.Time) {
	slot, last := gmail.Pace{UnitsPerMinute: r.rate(q, now)}.Next(q.Last, now, units)
	q.Last = last
	q.Calls = slices.DeleteFunc(q.Calls, func(c state.Call) bool {
		return now.Sub(c.At) > recent || c.At.After(slot) // or from before the clock was moved back
	})
	if n := len(q.Calls); n > 0 && slot.Sub(q.Calls[n-1].At) < grain {
		q.Calls[n-1].Units += units
	} else {
		q.Calls = append(q.Calls, state.Call{At: slot, Units: units})
	}
	return q, slot
}

// limit books that Gmail refused a call for its quota: what went through in
// the window before is what it allows. All calls pause until there is room in
// the window again, or for least if that is longer. A call that was reserved
// before an earlier pause ended tells nothing new; and nothing of the rate one
// that is refused in a row, with none let through since the last.
func (r ration) limit(q state.Quota, refused state.Call, now time.Time, least time.Duration, inRow bool) state.Quota {
	uncharge(q.Calls, refused)
	if ahead := q.Since.Sub(now); refused.At.Before(q.Since) && ahead <= foresight {
		return q
	}
	rate, pause := r.rate(q, now), least
	passed := between(q.Calls, refused.At.Add(-window), refused.At)
	if len(passed) > 0 && !inRow {
		pause = max(pause, min(room(passed).Add(slack).Sub(now), longestPause))
		rate = r.lowered(q, rate, unitsOf(passed), refused.At.Sub(q.Since))
	}
	if q.Rate = rate; rate >= r.perMinute {
		q.Rate = 0
	}
	q.Since = now.Add(pause)
	slot, _ := gmail.Pace{UnitsPerMinute: rate}.Next(q.Last, now, 0)
	q.Last = later(slot, q.Since)
	// What was to start meanwhile asks again.
	q.Calls = slices.DeleteFunc(q.Calls, func(c state.Call) bool { return c.At.After(now) && c.At.Before(q.Since) })
	return q
}

// between picks the calls that Gmail counted from one moment to another.
func between(calls []state.Call, from, to time.Time) (in []state.Call) {
	for _, c := range calls {
		if c.Units > 0 && !c.At.Before(from) && !c.At.After(to) {
			in = append(in, c)
		}
	}
	return in
}

func unitsOf(calls []state.Call) (sum int) {
	for _, c := range calls {
		sum += c.Units
	}
	return sum
}

// room gives when enough of the calls that filled a window have left it.
func room(calls []state.Call) (at time.Time) {
	enough := max(leastRoom, unitsOf(calls)*roomPercent/100)
	for _, c := range calls {
		at = c.At.Add(window)
		if enough -= c.Units; enough <= 0 {
			break
		}
	}
	return at
}

// lowered gives the rate after one at which only so many units came through
// in a window, so long after the rate was lowered last.
func (r ration) lowered(q state.Quota, rate, passed int, after time.Duration) int {
	next := min(rate, passed) * marginPercent / 100
	switch {
	case after < window: // What came through isn't all that counts.
		next = min(next, rate*stepPercent/100)
	case after > calm && next > q.Rate*nearPercent/100:
		// It went well until it rose.
		next = max(next, q.Rate)
	}
	return min(rate, max(next, rate/steepest, gmail.UnitsImport))
}

// uncharge takes a call back that Gmail didn't count.
func uncharge(calls []state.Call, refused state.Call) {
	for i, c := range slices.Backward(calls) {
		if age := refused.At.Sub(c.At); age >= 0 && age < grain {
			calls[i].Units = max(0, c.Units-refused.Units)
			return
		}
	}
}
