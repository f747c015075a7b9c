package bridge

import (
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

const (
	// uploadsAtOnce is how many requests a destination has under way: enough
	// to hide Gmail's latency below its quota, below what it calls too many.
	uploadsAtOnce = 8
	// largeWeight is how many of those an upload of large octets or more
	// counts for, since it holds a chunk in memory.
	largeWeight = 4
	large       = 8 << 20
	// patience is how many failures in a row, each after a longer pause, a
	// destination is given in one run.
	patience = 5
	// longestPause is the longest that a run waits before another try; past
	// that the next run is the better place.
	longestPause = time.Minute
)

// Importer is what the bridge needs of Gmail.
type Importer interface {
	Upload(ctx context.Context, u gmail.Upload) (id string, err error)
	ResolveLabels(ctx context.Context, names []string) (ids []string, err error)
	Search(ctx context.Context, messageID string) (ids []string, err error)
	Raw(ctx context.Context, id string) (io.ReadCloser, error)
	AskTime(ctx context.Context) (time.Time, error)
	CheckToken(ctx context.Context) error
	Skew() (ahead time.Duration, ok bool)
}

// Quota reserves a destination's units across processes.
type Quota interface {
	Reserve(ctx context.Context, destination string, next func(last time.Time) time.Time) error
}

// Route says how a destination is reached.
type Route struct {
	Name    string
	Address string
	// Verify tells that Gmail may be searched (access = "verify").
	Verify bool
	Pace   gmail.Pace

	Importer Importer
	Quota    Quota
	Now      Clock
	// Backoff gives the pause after so many failures in a row; nil is
	// [gmail.Backoff].
	Backoff Backoff
}

// Backoff calculates a pause as [gmail.Backoff] does.
type Backoff func(attempt int, retryAfter time.Duration, rnd float64) time.Duration

// Destination is one Gmail mailbox, shared by all accounts of a process that
// deliver to it.
type Destination struct {
	Route
	turns    turns
	slots    *semaphore.Weighted
	refusals refusals

	mu       sync.Mutex
	stopped  error
	failures int
	resumeAt time.Time
}

// NewDestination gives the destination of a route.
func NewDestination(r Route) *Destination {
	if r.Backoff == nil {
		r.Backoff = gmail.Backoff
	}
	return &Destination{
		Route: r,
		turns: turns{held: map[string]chan struct{}{}},
		slots: semaphore.NewWeighted(uploadsAtOnce),
	}
}

// halted gives the failure that stopped the destination for this run, or nil.
func (d *Destination) halted() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stopped
}

// halt stops the destination for this run; the first reason counts.
func (d *Destination) halt(err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped == nil {
		d.stopped = err
	}
	return d.stopped
}

// succeeded tells that Gmail took something.
func (d *Destination) succeeded() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failures = 0
}

// failed books a passing failure of a request begun at began: all requests
// pause, or the destination stops. Requests that were under way together
// count once.
func (d *Destination) failed(began time.Time, retryAfter time.Duration, cause error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped != nil {
		return d.stopped
	}
	if began.Before(d.resumeAt) {
		return nil
	}
	pause := d.Backoff(d.failures, retryAfter, rand.Float64())
	d.failures++
	if d.failures >= patience || pause > longestPause {
		d.stopped = cause
		return d.stopped
	}
	d.resumeAt = time.Now().Add(pause)
	return nil
}

// awaitTurn waits out a pause and the quota's next slot for units.
func (d *Destination) awaitTurn(ctx context.Context, units int) error {
	for {
		d.mu.Lock()
		wait, stopped := time.Until(d.resumeAt), d.stopped
		d.mu.Unlock()
		if stopped != nil {
			return stopped
		}
		if wait <= 0 {
			break
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	return d.awaitQuota(ctx, units)
}

func (d *Destination) awaitQuota(ctx context.Context, units int) error {
	if d.Pace.UnitsPerMinute == 0 || units == 0 {
		return ctx.Err()
	}
	now := d.Now()
	var slot time.Time
	err := d.Quota.Reserve(ctx, d.Address, func(last time.Time) (reserved time.Time) {
		slot, reserved = d.Pace.Next(last, now, units)
		return reserved
	})
	if err != nil {
		return err
	}
	return sleep(ctx, slot.Sub(now))
}

// otherThan tells rows from the one given.
func otherThan(r state.Record) func(state.Record) bool {
	return func(o state.Record) bool { return o.Account != r.Account || o.UID != r.UID }
}
