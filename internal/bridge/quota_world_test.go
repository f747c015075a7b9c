package bridge

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

// limitedGmail allows so many units in a sliding minute of a simulated clock.
type limitedGmail struct {
	// allows gives the units a minute, by the time since the start.
	allows func(now time.Duration) int
	// fails tells whether Gmail is out of order; nil is never.
	fails func(now time.Duration) bool
	// delay gives how long a request or an answer is under way.
	delay func() time.Duration

	start time.Time
	mu    sync.Mutex
	// taken are the calls that were let through, and refused the others, by
	// the time since the start.
	taken, refused []time.Duration
	units          []int // of those taken
}

// call is a call that costs so many units.
func (g *limitedGmail) call(units int) *gmail.Error {
	time.Sleep(g.delay())
	defer time.Sleep(g.delay())
	if g.fails != nil && g.fails(time.Since(g.start)) {
		return &gmail.Error{Kind: gmail.Passing, Op: "import", Status: 503}
	}
	if now, ok := g.take(units); !ok {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.refused = append(g.refused, now)
		return &gmail.Error{Kind: gmail.RateLimited, Limit: gmail.PerMinute, Op: "import", Status: 429, Reason: "too many"}
	}
	return nil
}

// take counts units if they are allowed.
func (g *limitedGmail) take(units int) (now time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now = time.Since(g.start); g.lastMinute(now)+units > g.allows(now) {
		return now, false
	}
	g.taken, g.units = append(g.taken, now), append(g.units, units)
	return now, true
}

func (g *limitedGmail) lastMinute(now time.Duration) int {
	return g.between(now-time.Minute+1, now+1)
}

// countMinutes has Gmail count the units of each minute anew; the first ends
// early by so much.
func (g *limitedGmail) countMinutes(perMinute int, early time.Duration) {
	g.allows = func(now time.Duration) int {
		begun := (now + early).Truncate(time.Minute) - early
		return perMinute + g.lastMinute(now) - g.between(begun, now+1)
	}
}

// countTokens has Gmail give out the units of a minute one by one, and keep
// those of a minute at most.
func (g *limitedGmail) countTokens(perMinute int) {
	tokens, last, spent := float64(perMinute), time.Duration(0), 0
	g.allows = func(now time.Duration) int {
		for ; spent < len(g.units); spent++ {
			tokens -= float64(g.units[spent])
		}
		tokens = min(float64(perMinute), tokens+float64(perMinute)*(now-last).Minutes())
		last = now
		return g.lastMinute(now) + int(tokens)
	}
}

// between sums the units let through from one time to another.
func (g *limitedGmail) between(from, to time.Duration) (sum int) {
	for i := len(g.taken) - 1; i >= 0 && g.taken[i] >= from; i-- {
		if g.taken[i] < to {
			sum += g.units[i]
		}
	}
	return sum
}

// refusals counts those from one time to another.
func (g *limitedGmail) refusals(from, to time.Duration) (n int) {
	for _, at := range g.refused {
		if at >= from && at < to {
			n++
		}
	}
	return n
}

// sharedQuota is a state's quotas, in memory. A transaction takes some time.
type sharedQuota struct {
	mu   sync.Mutex
	kept state.Quota
}

func (s *sharedQuota) Reserve(_ context.Context, _ string, next func(state.Quota) state.Quota) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = next(s.kept)
	return nil
}

// newLimited gives a Gmail whose clock begins now: for use in a bubble of
// synctest.
func newLimited(perMinute int, seed uint64) *limitedGmail {
	rnd := rand.New(rand.NewPCG(seed, seed))
	var mu sync.Mutex
	return &limitedGmail{
		start:  time.Now(),
		allows: func(time.Duration) int { return perMinute },
		delay: func() time.Duration {
			mu.Lock()
			defer mu.Unlock()
			return time.Duration(rnd.IntN(300)) * time.Millisecond
		},
	}
}

// process is a destination as one process has it.
func process(q Quota, configured int) *Destination {
	return NewDestination(Route{Name: "default", Address: "someone@example.com", Quota: q, Now: time.Now,
		Pace: gmail.Pace{UnitsPerMinute: configured}})
}

// bring makes n imports, as many at once as a destination does.
func bring(ctx context.Context, t *testing.T, d *Destination, g *limitedGmail, n int) {
	t.Helper()
	if err := bringSome(ctx, d, g, n); err != nil {
		t.Errorf("after %v and %d imports: %v", time.Since(g.start), len(g.taken), err)
	}
}

// bringUntil makes imports until ctx ends.
func bringUntil(ctx context.Context, t *testing.T, d *Destination, g *limitedGmail) {
	t.Helper()
	if err := bringSome(ctx, d, g, 1<<20); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after %v and %d imports: %v", time.Since(g.start), len(g.taken), err)
	}
}

// bringSome gives what kept it from making n imports.
func bringSome(ctx context.Context, d *Destination, g *limitedGmail, n int) error {
	var left atomic.Int64
	left.Store(int64(n))
	var workers errgroup.Group
	for range uploadsAtOnce {
		workers.Go(func() error {
			for left.Add(-1) >= 0 {
				if err := d.importInto(ctx, g); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return workers.Wait()
}

// importInto is a delivery without its message.
func (d *Destination) importInto(ctx context.Context, g *limitedGmail) error {
	for {
		t, err := d.awaitTurn(ctx, gmail.UnitsImport)
		if err != nil {
			return err
		}
		refused := g.call(gmail.UnitsImport)
		if refused == nil {
			d.succeeded(t)
			return nil
		}
		if err := d.failed(ctx, t, refused, refused); err != nil {
			return err
		}
	}
}
