package gmail

import "time"

// Pace spaces calls evenly within a quota. It keeps no state and no clock:
// whoever shares the quota passes on the time that Next gave last.
type Pace struct {
	// UnitsPerMinute is the quota; 0 or less is unlimited.
	UnitsPerMinute int
}

const (
	// paceShare, in thousandths, is how much of the quota is used: Gmail's
	// minute and ours don't begin together.
	paceShare = 995
	// paceHorizon is how far ahead reservations are believed, or that many
	// imports where these take longer. Beyond it the clock was moved back
	// since they were made.
	paceHorizon = time.Hour
	paceQueue   = 1000
)

// Next gives the moment at which a call of so many units may start, and the
// one to pass as last the next time. The zero last is a quota never used.
func (p Pace) Next(last, now time.Time, units int) (slot, newLast time.Time) {
	if p.UnitsPerMinute <= 0 {
		return now, now
	}
	slot = now
	if last.After(now) && last.Sub(now) <= max(paceHorizon, p.spacing(paceQueue*UnitsImport)) {
		slot = last
	}
	return slot, slot.Add(p.spacing(units))
}

// spacing is the time that so many units take up, rounded up.
func (p Pace) spacing(units int) time.Duration {
	perMinute := int64(p.UnitsPerMinute) * paceShare
	whole := int64(units) * int64(time.Minute) * 1000
	return time.Duration((whole + perMinute - 1) / perMinute)
}

const (
	backoffFirst = time.Second
	backoffCap   = time.Minute
)

// Backoff gives the pause before another try: from 1 s, doubled by each
// attempt (counted from 0) up to 60 s, of which rnd in [0,1) leaves 50 to
// 100 %, and never less than the server asked for.
func Backoff(attempt int, retryAfter time.Duration, rnd float64) time.Duration {
	pause := backoffCap
	if attempt < 6 { // 2^6 s is over the cap
		pause = backoffFirst << max(attempt, 0)
	}
	pause = time.Duration(float64(pause) * (0.5 + rnd/2))
	return max(pause, retryAfter)
}
