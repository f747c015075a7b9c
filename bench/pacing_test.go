package main

import (
	"testing"
	"time"
)

// evenly gives n times with a pause between each two.
func evenly(begin time.Time, n int, pause time.Duration) (all []time.Time) {
	for i := range n {
		all = append(all, begin.Add(time.Duration(i)*pause))
	}
	return all
}

func TestPacingOfAnEvenRun(t *testing.T) {
	p := pacingOf(evenly(time.Now(), 241, 250*time.Millisecond))
	if p.PerMinute != 240 || p.Gap != 250*time.Millisecond || p.Fewest != 40 || p.Most != 40 {
		t.Errorf("got %+v", p)
	}
}

func TestPacingSeesWhatIsUneven(t *testing.T) {
	begin := time.Now()
	burst := evenly(begin, 120, 100*time.Millisecond)
	p := pacingOf(append(burst, evenly(begin.Add(time.Minute), 121, 100*time.Millisecond)...))
	if p.Gap != 48100*time.Millisecond || p.Fewest != 0 || p.Most != 100 {
		t.Errorf("got %+v", p)
	}
	if p.PerMinute != 200 { // 240 in 72 seconds
		t.Errorf("%v a minute", p.PerMinute)
	}
}

func TestPacingOfFewOrShort(t *testing.T) {
	if p := pacingOf(evenly(time.Now(), 1, 0)); p != (pacing{}) {
		t.Errorf("one: %+v", p)
	}
	p := pacingOf(evenly(time.Now(), 5, time.Second))
	if p.PerMinute != 60 || p.Most != 0 || p.Fewest != 0 {
		t.Errorf("shorter than a window: %+v", p)
	}
}
