package app

import (
	"testing"
	"time"
)

// paced notes what a quota of 240 messages a minute lets through, in the
// bursts of several uploads at once.
func paced(s *speed, from time.Time, took time.Duration) (now time.Time, done int) {
	for now = from; now.Sub(from) <= took; now = now.Add(barsEvery) {
		done = 8 + int(now.Sub(from)/(250*time.Millisecond))
		s.note(now, done)
	}
	return now.Add(-barsEvery), done
}

func TestSpeedUnderAQuota(t *testing.T) {
	began := time.Unix(0, 0)
	for _, took := range []time.Duration{5 * time.Second, 30 * time.Second, 3 * time.Minute} {
		var s speed
		s.note(began.Add(-10*time.Second), 0) // fetching is no part of it
		now, done := paced(&s, began, took)
		rate, left := s.estimate(now, done, 1000)
		want := 250*time.Second - took
		if rate < 235 || rate > 245 || (left-want).Abs() > 10*time.Second {
			t.Errorf("after %s: %.1f a minute and %s left, want 240 and %s", took, rate, left, want)
		}
	}
}

func TestSpeedForgetsWhatIsLongAgo(t *testing.T) {
	var s speed
	now, done := paced(&s, time.Unix(0, 0), time.Minute)
	for range 120 { // now one a second
		now = now.Add(time.Second)
		done++
		s.note(now, done)
	}
	if rate, _ := s.estimate(now, done, 1000); rate != 60 {
		t.Errorf("%.1f a minute, want 60", rate)
	}
	if n := len(s.marks); n > 62 {
		t.Errorf("it keeps %d marks", n)
	}
	later := now.Add(30 * time.Second) // a pause
	s.note(later, done)
	if rate, _ := s.estimate(later, done, 1000); rate > 45 {
		t.Errorf("%.1f a minute in spite of the pause", rate)
	}
}

func TestSpeedIsNotGuessed(t *testing.T) {
	var s speed
	began := time.Unix(0, 0)
	unknown := func(now time.Time, done, all int) {
		t.Helper()
		s.note(now, done)
		if rate, left := s.estimate(now, done, all); rate >= 0 || left >= 0 {
			t.Errorf("%d of %d after %s: %.1f a minute and %s left", done, all, now.Sub(began), rate, left)
		}
	}
	unknown(began, 0, 10)
	unknown(began.Add(time.Minute), 8, 10)
	unknown(began.Add(time.Minute+speedSoon-1), 9, 10)
	unknown(began.Add(2*time.Minute), 10, 10)
}

func TestTimeLeftIsReadable(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "", 0: "1s left", 1400 * time.Millisecond: "1s left", 59700 * time.Millisecond: "1m0s left",
		220 * time.Second: "3m40s left", time.Hour: "1h00m left", 30*time.Hour + 5*time.Minute: "30h05m left",
	} {
		if got := leftWords(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
