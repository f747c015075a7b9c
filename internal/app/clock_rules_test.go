package app_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// A gap of up to two days between two runs needs no witness; after a longer
// one Gmail is asked the time, once.
func TestGapBetweenRunsThatNeedsAWitness(t *testing.T) {
	for name, c := range map[string]struct {
		gap   time.Duration
		asked int
	}{
		"47 hours": {47 * time.Hour, 0},
		"49 hours": {49 * time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			box := h.account("shop", `retention = "1d"`)
			fill(box, 2)
			h.expect(0, "run")
			h.advance(c.gap)
			h.gmail.ResetCounters()
			h.expect(0, "run")
			if got := h.gmail.Counts()[gmailtest.KindLabelList]; got != c.asked {
				t.Errorf("Gmail was asked the time %d times, want %d", got, c.asked)
			}
			h.expectLeft(box, 0)
		})
	}
}

// A day during which a listing must contradict itself isn't over because a
// wrong clock says so.
func TestDayOfContradictionsIsNotOverByAWrongClock(t *testing.T) {
	w := newWrongClock(t, `keep_messages = 1`)
	fill(w.box, 3)
	w.expect(0, "run")
	w.setPOPFault(stat("4 1000"))
	w.expect(69, "run")
	w.pass(time.Hour)
	w.jump(aYear)
	for range 2 {
		w.expect(69, "run")
		w.expectLeft(w.box, 3)
		w.pass(2 * time.Hour)
	}
	w.jump(0)
	w.expect(69, "run")
	w.expectLeft(w.box, 3)
	w.pass(aDay)
	w.expect(69, "run")
	w.expectLeft(w.box, 1)
	w.expectInGmail(3)
}
