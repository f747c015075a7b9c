package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// limitedWorld is a harness whose Gmail allows a third of the units that are
// configured. Its clocks go thirty times as fast as time.
func limitedWorld(t *testing.T) *harness {
	h := newHarness(t, func(s *setup) {
		s.speed = 30
		s.gmail.UnitsPerMinute = 1000
	})
	h.gmailExtra = "units_per_minute = 3000"
	return h
}

// uploads gives when Gmail took messages, and how many it refused to take,
// since the requests before.
func (h *harness) uploads(before int) (taken []time.Time, refused int) {
	for _, r := range h.gmail.Requests()[before:] {
		switch {
		case r.Status == 429:
			refused++
		case r.Kind == gmailtest.KindImport:
			taken = append(taken, r.At)
		}
	}
	return taken, refused
}

// TestARunFindsTheRate: one run brings all mail, and the next one begins with
// what that learned.
func TestARunFindsTheRate(t *testing.T) {
	t.Parallel()
	h := limitedWorld(t)
	box := h.account("shop")
	fill(box, 60)
	h.expect(0, "run", "-v")
	h.expectInGmail(60)
	if _, refused := h.uploads(0); refused < 1 || refused > 16 {
		t.Errorf("%d uploads were refused", refused)
	}
	if !strings.Contains(h.err.String(), "lowered the rate") {
		t.Errorf("it isn't said: %s", &h.err)
	}

	h.advance(5 * time.Minute)
	for i := range 30 {
		box.Add(fmt.Sprint("next", i), mail(fmt.Sprint("next", i), "x\r\n"))
	}
	before := len(h.gmail.Requests())
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(90)
	taken, refused := h.uploads(before)
	if refused > 0 {
		t.Errorf("%d uploads of the next run were refused", refused)
	}
	// At 3,000 units a minute this takes 15 seconds, at 1,000 it takes 44.
	if took := taken[len(taken)-1].Sub(taken[0]); took < 40*time.Second {
		t.Errorf("the next run brought %d messages within %v", len(taken), took)
	}
}

// TestARunFindsHowManyAtOnce: Gmail allows fewer requests at once than are
// usual.
func TestARunFindsHowManyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *setup) {
		s.gmail.MaxConcurrent = 3
		s.gmail.Latency = 20 * time.Millisecond
	})
	h.backoff = quick
	fill(h.account("shop"), 60)
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(60)
	if _, refused := h.uploads(0); refused < 1 || refused > 10 {
		t.Errorf("%d uploads were refused", refused)
	}
}
