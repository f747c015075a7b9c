package bridge

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/popbridge/popbridge/gmail"
)

const configured = 6000

// TestFindsWhatGmailAllows: with a Gmail that allows any part of what is
// configured, one run brings all mail, close to as fast as it may.
func TestFindsWhatGmailAllows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		allowed := rapid.IntRange(500, configured).Draw(rt, "allowed")
		seed := rapid.Uint64().Draw(rt, "seed")
		const minutes = 15
		synctest.Test(t, func(t *testing.T) {
			g := newLimited(allowed, seed)
			whole := allowed / gmail.UnitsImport * gmail.UnitsImport
			bring(t.Context(), t, process(&sharedQuota{}, configured), g, minutes*allowed/gmail.UnitsImport)
			end := time.Since(g.start)
			share := float64(g.between(time.Minute, end)) / (float64(whole) * (end - time.Minute).Minutes())
			if share < 0.95 {
				rt.Errorf("%.1f %% of %d units a minute", 100*share, whole)
			}
			for from := time.Minute; from < end-2*time.Minute; from += time.Minute {
				if got := g.between(from, from+time.Minute); got < whole*75/100 {
					rt.Errorf("%d of %d units in the minute after %v", got, whole, from)
				}
			}
			// At first two rates may be too high, later it tries for more.
			if n := g.refusals(0, 5*time.Minute); n > 8 {
				rt.Errorf("%d refusals at first", n)
			}
			if n := g.refusals(5*time.Minute, end); n > 3 {
				rt.Errorf("%d refusals later", n)
			}
		})
	})
}

// TestQuotaAsConfigured: nothing is refused, and the quota is used.
func TestQuotaAsConfigured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLimited(configured, 1)
		bring(t.Context(), t, process(&sharedQuota{}, configured), g, 1000)
		if n := len(g.refused); n != 0 {
			t.Errorf("%d refusals", n)
		}
		first, last := g.taken[0], g.taken[len(g.taken)-1]
		if rate := 999 / (last - first).Minutes(); rate < 0.98*240 {
			t.Errorf("%.1f imports a minute", rate)
		}
	})
}

// TestNoBurstAfterAFailure: what waited while Gmail was out of order doesn't
// come all at once.
func TestNoBurstAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLimited(configured, 1)
		g.fails = func(now time.Duration) bool { return now%(2*time.Minute) < 4*time.Second }
		bring(t.Context(), t, process(&sharedQuota{}, configured), g, 2000)
		if n := len(g.refused); n != 0 {
			t.Errorf("%d refusals", n)
		}
		if took := time.Since(g.start); took > 10*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

// TestOtherWaysToCount: Gmail's minute needn't slide.
func TestOtherWaysToCount(t *testing.T) {
	for name, count := range map[string]func(*limitedGmail){
		"minutes of the clock": func(g *limitedGmail) { g.countMinutes(3000, 0) },
		"minutes of its own":   func(g *limitedGmail) { g.countMinutes(3000, 30*time.Second) },
		"bucket":               func(g *limitedGmail) { g.countTokens(3000) },
	} {
		synctest.Test(t, func(t *testing.T) {
			g := newLimited(0, 1)
			count(g)
			bring(t.Context(), t, process(&sharedQuota{}, configured), g, 1200)
			if rate := 1200 / time.Since(g.start).Minutes(); rate < 0.7*120 {
				t.Errorf("%s: %.1f imports a minute", name, rate)
			}
			if n := len(g.refused); n > 40 {
				t.Errorf("%s: %d refusals", name, n)
			}
		})
	}
}

// TestAllowanceThatChanges: it falls in the midst of a run, to whatever, and
// rises again.
func TestAllowanceThatChanges(t *testing.T) {
	for _, low := range []int{2000, 500} {
		synctest.Test(t, func(t *testing.T) {
			g := newLimited(0, uint64(low))
			g.allows = func(at time.Duration) int {
				if at > 3*time.Minute && at < 10*time.Minute {
					return low
				}
				return configured
			}
			ctx, cancel := context.WithTimeout(t.Context(), 75*time.Minute)
			defer cancel()
			bringUntil(ctx, t, process(&sharedQuota{}, configured), g)
			if got := g.between(7*time.Minute, 10*time.Minute); got < 3*low*85/100 {
				t.Errorf("%d: %d units in three minutes", low, got)
			}
			if got := g.between(70*time.Minute, 75*time.Minute); got < 5*configured*98/100 {
				t.Errorf("%d: in the end %d units in five minutes", low, got)
			}
			if n := len(g.refused); n > 25 {
				t.Errorf("%d: %d refusals", low, n)
			}
		})
	}
}

// TestAnotherProgramUsesTheQuota: half of it, evenly.
func TestAnotherProgramUsesTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLimited(configured, 1)
		other := newLimited(configured, 2)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		var both sync.WaitGroup
		both.Go(func() { bringUntil(ctx, t, process(&sharedQuota{}, configured), g) })
		other.delay = func() time.Duration { return 0 }
		both.Go(func() {
			for ctx.Err() == nil {
				g.take(gmail.UnitsImport)
				time.Sleep(500 * time.Millisecond)
			}
		})
		both.Wait()
		if got := g.between(5*time.Minute, 20*time.Minute); got < 15*configured*95/100 {
			t.Errorf("%d units in a quarter of an hour", got)
		}
		if n := len(g.refused); n > 15 {
			t.Errorf("%d refusals", n)
		}
	})
}

// TestNextProcessKnows: what one learned the next one begins with, and when it
// runs at the same time.
func TestNextProcessKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, q := newLimited(1000, 1), &sharedQuota{}
		bring(t.Context(), t, process(q, configured), g, 120)
		learned := len(g.refused)
		if learned == 0 {
			t.Fatal("nothing was refused")
		}
		bring(t.Context(), t, process(q, configured), g, 60)
		time.Sleep(5 * time.Minute)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { bring(t.Context(), t, process(q, configured), g, 60) })
		}
		both.Wait()
		if n := len(g.refused) - learned; n != 0 {
			t.Errorf("%d refusals of later processes", n)
		}
		if got := len(g.taken); got != 300 {
			t.Errorf("%d imports", got)
		}
	})
}

// TestProcessesLearnTogether: each of them sees only a part of what goes
// through.
func TestProcessesLearnTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, q := newLimited(3000, 1), &sharedQuota{}
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * 12 * time.Second)
				bring(t.Context(), t, process(q, configured), g, 400)
			})
		}
		all.Wait()
		end := time.Since(g.start)
		if got := float64(g.between(time.Minute, end)) / (end - time.Minute).Minutes(); got < 0.95*3000 {
			t.Errorf("%.0f units a minute", got)
		}
		if n := len(g.refused); n > 8 {
			t.Errorf("%d refusals", n)
		}
	})
}

// TestLimitThatStays stops the destination, once a minute has passed however
// Gmail counts it; what was learned before isn't lost over it.
func TestLimitThatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, q := newLimited(0, 1), &sharedQuota{}
		g.allows = func(at time.Duration) int {
			if at < time.Minute {
				return configured
			}
			return 0
		}
		err := bringSome(t.Context(), process(q, configured), g, 1000)
		f := Classify(err, "shop", "default")
		if f == nil || f.Class != Later {
			t.Errorf("it ended with %v", err)
		}
		if took := time.Since(g.start) - time.Minute; took < time.Minute || took > 4*time.Minute {
			t.Errorf("it ended %v after the last import", took)
		}
		if rate := (ration{configured}).rate(q.kept, time.Now()); rate < configured*9/10 {
			t.Errorf("%d units a minute are left", rate)
		}
	})
}

// TestRetryAfterIsKept, by other processes, too.
func TestRetryAfterIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, q := newLimited(configured, 1), &sharedQuota{}
		d, asked := process(q, configured), false
		err := d.persist(t.Context(), gmail.UnitsImport, func() error {
			if asked {
				return nil
			}
			asked = true
			return &gmail.Error{Kind: gmail.RateLimited, Limit: gmail.PerMinute, RetryAfter: 45 * time.Second}
		})
		if took := time.Since(g.start); err != nil || took < 45*time.Second || took > 46*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		slot := q.kept.Since
		if _, at := (ration{configured}).reserve(q.kept, g.start, 1); at.Before(slot) {
			t.Errorf("another process calls at %v, before %v", at, slot)
		}
	})
}

// TestLabelsAreReserved, once and only where they cost something.
func TestLabelsAreReserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &sharedQuota{}
		d := process(q, configured)
		d.Importer = labeller{}
		for _, names := range [][]string{{"INBOX", "UNREAD"}, {"INBOX", "Mail/Shop"}, {"INBOX", "Mail/Shop"}} {
			if _, err := d.labels(t.Context(), names); err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprint(q.kept.Calls[0].Units, len(q.kept.Calls)); got != "11 1" {
			t.Errorf("reserved: %v", q.kept.Calls)
		}
	})
}

type labeller struct{ Importer }

func (labeller) ResolveLabels(_ context.Context, names []string) ([]string, error) { return names, nil }

// TestTooManyAtOnce: an upload that was one too many leaves the others one
// seat fewer, down to one, and stays in line.
func TestTooManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := process(&sharedQuota{}, configured)
		var allowed, under, refused atomic.Int64
		allowed.Store(3)
		upload := func() {
			s := &seat{d: d}
			for err := s.take(t.Context()); under.Add(1) > allowed.Load() && err == nil; {
				time.Sleep(time.Millisecond)
				under.Add(-1)
				refused.Add(1)
				err = s.yield(t.Context())
			}
			time.Sleep(time.Second)
			under.Add(-1)
			s.leave()
		}
		for _, c := range []struct{ allowed, refused int64 }{{3, 5}, {3, 0}, {1, 2}, {1, 0}} {
			allowed.Store(c.allowed)
			refused.Store(0)
			var all sync.WaitGroup
			for range 20 {
				all.Go(upload)
			}
			all.Wait()
			if refused.Load() != c.refused {
				t.Errorf("%d at once: %d refused, want %d", c.allowed, refused.Load(), c.refused)
			}
		}
		if !d.seats.TryAcquire(1) || d.seats.TryAcquire(1) || d.withhold() {
			t.Error("there isn't one seat in the end")
		}
	})
}

// TestInterruptedWhileItYields: a seat that was given up isn't given back.
func TestInterruptedWhileItYields(t *testing.T) {
	d := process(&sharedQuota{}, configured)
	seats := make([]*seat, uploadsAtOnce)
	for i := range seats {
		seats[i] = &seat{d: d}
		if err := seats[i].take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := seats[0].yield(ctx); err == nil {
		t.Fatal("it didn't notice")
	}
	for _, s := range seats {
		s.leave()
	}
	if !d.seats.TryAcquire(uploadsAtOnce-1) || d.seats.TryAcquire(1) {
		t.Errorf("there aren't %d seats", uploadsAtOnce-1)
	}
}
