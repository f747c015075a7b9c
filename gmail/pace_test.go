package gmail_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestPaceHoldsTheQuota: in any minute, for calls of any cost at any moments,
// no more units are started than the quota has and the last call costs.
func TestPaceHoldsTheQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := gmail.Pace{UnitsPerMinute: rapid.IntRange(30, 20000).Draw(t, "units a minute")}
		type call struct {
			at    time.Time
			units int
		}
		var calls []call
		var last time.Time
		now := noon
		for range rapid.IntRange(1, 100).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			units := rapid.SampledFrom([]int{1, 5, 20, 25}).Draw(t, "units")
			var slot time.Time
			slot, last = p.Next(last, now, units)
			if slot.Before(now) {
				t.Fatalf("slot %v is before now %v", slot, now)
			}
			calls = append(calls, call{slot, units})
			begun, sum := 0, 0
			for i, c := range calls {
				sum += c.units
				for slot.Sub(calls[begun].at) >= time.Minute && begun < i {
					sum -= calls[begun].units
					begun++
				}
			}
			if sum > p.UnitsPerMinute+units {
				t.Fatalf("%d units in a minute, the quota is %d", sum, p.UnitsPerMinute)
			}
		}
	})
}

func TestPace(t *testing.T) {
	p := gmail.Pace{UnitsPerMinute: 6000}
	slot, last := p.Next(time.Time{}, noon, gmail.UnitsImport)
	if !slot.Equal(noon) {
		t.Errorf("the first waits until %v", slot)
	}
	// 25 of 5,970 units are 251.26 ms of a minute.
	if gap := last.Sub(noon).Round(10 * time.Microsecond); gap != 251260*time.Microsecond {
		t.Errorf("the next waits %v", gap)
	}
	if slot, _ = p.Next(last, noon, gmail.UnitsImport); !slot.Equal(last) {
		t.Errorf("the second waits until %v, want %v", slot, last)
	}
	if slot, _ = p.Next(last, noon.Add(time.Second), 25); !slot.Equal(noon.Add(time.Second)) {
		t.Errorf("after a pause: %v", slot)
	}
	if slot, _ = p.Next(noon.Add(48*time.Hour), noon, 25); !slot.Equal(noon) {
		t.Errorf("after the clock was moved back: %v", slot)
	}
	if slot, last = (gmail.Pace{}).Next(noon.Add(time.Second), noon, 25); !slot.Equal(noon) || !last.Equal(noon) {
		t.Errorf("unlimited: %v, %v", slot, last)
	}
}

func TestBackoff(t *testing.T) {
	const almost = 0.999999
	for _, c := range []struct {
		attempt   int
		after     time.Duration
		low, high time.Duration
	}{
		{-1, 0, 500 * time.Millisecond, time.Second},
		{0, 0, 500 * time.Millisecond, time.Second},
		{1, 0, time.Second, 2 * time.Second},
		{5, 0, 16 * time.Second, 32 * time.Second},
		{6, 0, 30 * time.Second, time.Minute},
		{1000, 0, 30 * time.Second, time.Minute},
		{0, 5 * time.Minute, 5 * time.Minute, 5 * time.Minute},
		{3, 5 * time.Second, 5 * time.Second, 8 * time.Second},
	} {
		low, high := gmail.Backoff(c.attempt, c.after, 0), gmail.Backoff(c.attempt, c.after, almost).Round(time.Millisecond)
		if low != c.low || high != c.high {
			t.Errorf("attempt %d, asked for %v: %v to %v, want %v to %v", c.attempt, c.after, low, high, c.low, c.high)
		}
	}
}
