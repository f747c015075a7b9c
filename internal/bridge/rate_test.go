package bridge

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

var morning = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

// TestRationKeepsItsBounds: whatever Gmail refuses and however the clock
// jumps, the rate is between that of one import and the configured one, no
// call starts before now, and an hour without a refusal later all is as
// configured.
func TestRationKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ration{rapid.IntRange(1, 20000).Draw(t, "units a minute")}
		now, q := morning, state.Quota{}
		var calls []state.Call
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20000).Draw(t, "ms")) * time.Millisecond)
			switch rapid.SampledFrom([]string{"call", "call", "call", "refusal", "jump"}).Draw(t, "step") {
			case "call":
				var at time.Time
				units := rapid.SampledFrom([]int{1, 5, 20, 25}).Draw(t, "units")
				if q, at = r.reserve(q, now, units); at.Before(now) {
					t.Fatalf("%v is before %v", at, now)
				}
				calls = append(calls, state.Call{At: at, Units: units})
			case "refusal":
				if len(calls) > 0 {
					c := rapid.SampledFrom(calls).Draw(t, "refused")
					q = r.limit(q, c, now, time.Duration(rapid.IntRange(0, 60).Draw(t, "pause"))*time.Second, rapid.Bool().Draw(t, "in a row"))
				}
			case "jump":
				now = now.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "hours")) * time.Hour)
			}
			if rate := r.rate(q, now); rate > r.perMinute || rate < min(gmail.UnitsImport, r.perMinute) {
				t.Fatalf("%d units a minute of %d", rate, r.perMinute)
			}
			if !slices.IsSortedFunc(q.Calls, func(a, b state.Call) int { return a.At.Compare(b.At) }) {
				t.Fatalf("calls in disorder: %v", q.Calls)
			}
		}
		if quiet := later(now, q.Since).Add(calm + time.Hour); r.rate(q, quiet) != r.perMinute {
			t.Fatalf("%d of %d units a minute after an hour: %+v", r.rate(q, quiet), r.perMinute, q)
		}
	})
}

// TestRationRemembersLittle: the state is written at each call.
func TestRationRemembersLittle(t *testing.T) {
	r, q, now := ration{1_000_000}, state.Quota{}, morning
	for range 20_000 {
		q, now = r.reserve(q, now, gmail.UnitsImport)
	}
	if n := len(q.Calls); n == 0 || n > int(recent/grain)+1 {
		t.Errorf("%d calls after %v", n, now.Sub(morning))
	}
}

func TestRateRises(t *testing.T) {
	r, q := ration{6000}, state.Quota{Rate: 3000, Since: morning}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{
		{-time.Minute, 3000}, {0, 3000}, {10 * time.Minute, 3000}, {11 * time.Minute, 3120}, {20 * time.Minute, 4200},
		{35 * time.Minute, 6000}, {24 * time.Hour, 6000}, {100 * 365 * 24 * time.Hour, 6000},
		// The clock was moved back.
		{-3 * time.Minute, 6000},
	} {
		if got := r.rate(q, morning.Add(c.after)); got != c.want {
			t.Errorf("%v later: %d, want %d", c.after, got, c.want)
		}
	}
	if got := (ration{2000}).rate(q, morning); got != 2000 {
		t.Errorf("configured lower since: %d", got)
	}
}

// filled is a quota from which so many imports were let through, evenly over
// the seconds before now.
func filled(imports int, over time.Duration, now time.Time) (q state.Quota) {
	for i := range imports {
		q.Calls = append(q.Calls, state.Call{At: now.Add(-over + over*time.Duration(i)/time.Duration(imports)), Units: gmail.UnitsImport})
	}
	q.Last = now
	return q
}

// TestLimit: a call is refused after so many imports that were spread over so
// many seconds.
func TestLimit(t *testing.T) {
	const second, never = time.Second, 0
	for _, c := range []struct {
		name    string
		imports int
		over    time.Duration
		rate    int
		since   time.Duration // before the refusal
		want    int
		pause   time.Duration
	}{
		{"half of the quota in half a minute", 120, 30 * second, 0, never, 2940, 31500 * time.Millisecond},
		{"at the edge", 240, 60 * second, 0, never, 5880, 2 * second},
		{"very little", 10, 5 * second, 0, never, 1500, 56500 * time.Millisecond},
		{"nothing", 0, second, 0, never, 6000, second},
		{"lowered before", 50, 25 * second, 1500, 30 * second, 1225, 36500 * time.Millisecond},
		{"lowered before, in vain", 60, 30 * second, 1500, 30 * second, 1425, 31500 * time.Millisecond},
		{"lowered long ago", 116, 58 * second, 3000, 12 * time.Minute, 3000, 4 * second},
		{"lowered long ago, and less now", 80, 40 * second, 3000, 12 * time.Minute, 1960, 21500 * time.Millisecond},
		{"before the last pause was over", 120, 30 * second, 3000, -20 * second, 3000, 20 * second},
	} {
		r, q := ration{6000}, filled(c.imports, c.over, morning)
		if q.Rate = c.rate; c.since != never {
			q.Since = morning.Add(-c.since)
		}
		q = r.limit(q, state.Call{At: morning, Units: gmail.UnitsImport}, morning, second, false)
		if got, pause := r.rate(q, morning), q.Since.Sub(morning); got != c.want || pause != c.pause {
			t.Errorf("%s: %d units a minute after %v, want %d after %v", c.name, got, pause, c.want, c.pause)
		}
		if _, at := r.reserve(q, morning, 1); c.since >= 0 && at.Before(q.Since) {
			t.Errorf("%s: another process calls at %v, during the pause", c.name, at)
		}
	}
}

// TestLimitInARow: what is refused without anything let through between is no
// matter of the rate.
func TestLimitInARow(t *testing.T) {
	r, q, now := ration{6000}, filled(120, 30*time.Second, morning), morning
	for i := range 4 {
		q = r.limit(q, state.Call{At: now, Units: gmail.UnitsImport}, now, 8*time.Second, i > 0)
		if now = q.Since; q.Rate != 2940 {
			t.Errorf("%d units a minute at the %dth", q.Rate, i+1)
		}
	}
	if took := now.Sub(morning); took < 55*time.Second {
		t.Errorf("it paused for %v", took)
	}
}

// TestRefusedCallsCostNothing: what was refused doesn't count as let through.
func TestRefusedCallsCostNothing(t *testing.T) {
	r, q := ration{6000}, state.Quota{}
	var calls []state.Call
	for now := morning; len(calls) < 10; now = now.Add(250 * time.Millisecond) {
		c := state.Call{Units: gmail.UnitsImport}
		q, c.At = r.reserve(q, now, c.Units)
		calls = append(calls, c)
	}
	now := morning.Add(3 * time.Second)
	for _, c := range calls[7:] {
		q = r.limit(q, c, now, time.Second, false)
	}
	if got := unitsOf(q.Calls); got != 7*gmail.UnitsImport {
		t.Errorf("%d units counted: %v", got, q.Calls)
	}
}
