package main

import (
	"slices"
	"time"
)

// pacing is how a run's acknowledgements lie in time.
type pacing struct {
	// PerMinute is their rate from the first to the last.
	PerMinute float64
	// Gap is the longest time between two.
	Gap time.Duration
	// Fewest and Most are how many there were in any paceWindow between the
	// first and the last; 0 and 0 where all was shorter.
	Fewest, Most int
}

// paceWindow is long enough to have many, and much shorter than a quota's
// minute.
const paceWindow = 10 * time.Second

// pacingOf looks at acknowledgements in their order.
func pacingOf(acks []time.Time) (p pacing) {
	if len(acks) < 2 {
		return p
	}
	last := acks[len(acks)-1]
	p.PerMinute = float64(len(acks)-1) / last.Sub(acks[0]).Minutes()
	for i, at := range acks {
		if i > 0 {
			p.Gap = max(p.Gap, at.Sub(acks[i-1]))
		}
		if at.Add(paceWindow).After(last) {
			continue
		}
		// A window has the most where it begins with one, and the fewest
		// where it begins right after one.
		most := countUntil(acks[i:], at.Add(paceWindow))
		fewest := countUntil(acks[i+1:], at.Add(paceWindow+1))
		if p.Most == 0 {
			p.Fewest = fewest
		}
		p.Most, p.Fewest = max(p.Most, most), min(p.Fewest, fewest)
	}
	return p
}

// countUntil counts those before end.
func countUntil(acks []time.Time, end time.Time) int {
	n, _ := slices.BinarySearchFunc(acks, end, time.Time.Compare)
	return n
}
