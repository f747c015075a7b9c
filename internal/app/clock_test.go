package app_test

import (
	"sync/atomic"
	"testing"
	"time"
)

const aDay = 24 * time.Hour

// gmailClock has Gmail go by the wall clock, whatever ours says, and by what
// is added to the lead.
func gmailClock(lead *atomic.Int64) func(*setup) {
	return func(s *setup) { s.gmail.Now = func() time.Time { return time.Now().Add(time.Duration(lead.Load())) } }
}

func TestClockThatJumpedDeletesNothing(t *testing.T) {
	var lead atomic.Int64
	h := newHarness(t, gmailClock(&lead))
	box := h.account("shop", `retention = "14d"`)
	fill(box, 3)
	h.expect(0, "run")
	h.advance(365 * aDay)
	h.expect(75, "run")
	h.expectLeft(box, 3)
	h.advance(-365*aDay + time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 3)
	h.advance(20 * aDay)
	lead.Store(h.offset.Load())
	h.expect(0, "run")
	h.expectLeft(box, 0)
}

// A run whose clock wasn't believed must not make the next one believe it.
func TestLeapIsNotBelievedTheSecondTimeEither(t *testing.T) {
	var lead atomic.Int64
	h := newHarness(t, gmailClock(&lead))
	box := h.account("shop", `retention = "14d"`)
	fill(box, 3)
	h.expect(0, "run")
	h.advance(365 * aDay)
	for range 3 {
		h.expect(75, "run")
		h.expectSilence()
		h.expectLeft(box, 3)
		h.advance(5 * time.Minute)
	}
	lead.Store(h.offset.Load())
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(3)
}

// A doubted clock that stays so is told of, with what mends it.
func TestDoubtedClockIsToldOnceItHasLasted(t *testing.T) {
	var lead atomic.Int64
	h := newHarness(t, gmailClock(&lead))
	fill(h.account("shop", `retention = "14d"`), 1)
	h.expect(0, "run")
	h.advance(365 * aDay)
	h.expect(75, "run")
	h.expectSilence()
	h.advance(2 * time.Hour)
	h.expect(75, "run")
	h.expectSaid("popbridge: shop: trust the clock: it says", "hint: date -u")
	h.expect(75, "run")
	h.expectSilence()
}

func TestMailImportedUnderAPastClockStaysForItsRetention(t *testing.T) {
	var lead atomic.Int64
	h := newHarness(t, gmailClock(&lead))
	box := h.account("shop", `retention = "14d"`)
	h.expect(0, "run")
	h.advance(-20 * aDay)
	fill(box, 3)
	h.expect(75, "run")
	h.expectInGmail(3)
	h.advance(20*aDay + 10*time.Minute)
	h.expect(0, "run")
	h.expectLeft(box, 3)
	for _, then := range []struct {
		after time.Duration
		left  int
	}{{13 * aDay, 3}, {2 * aDay, 0}} {
		h.advance(then.after)
		lead.Store(h.offset.Load())
		h.expect(0, "run")
		h.expectLeft(box, then.left)
	}
	h.expectInGmail(3)
}
