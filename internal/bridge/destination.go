package bridge

import (
	"context"
	"io"
	"log/slog"
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
)

// Importer is what the bridge needs of Gmail.
type Importer interface {
	Upload(ctx context.Context, u gmail.Upload) (id string, err error)
	ResolveLabels(ctx context.Context, names []string) (ids []string, err error)
	Search(ctx context.Context, messageID string) (ids []string, err error)
	Labelled(ctx context.Context, label, page string) (ids []string, next string, err error)
	Raw(ctx context.Context, id string) (io.ReadCloser, error)
	Address(ctx context.Context) (string, error)
	AskTime(ctx context.Context) (time.Time, error)
	CheckToken(ctx context.Context) error
	Skew() (ahead time.Duration, ok bool)
}

// Quota shares out a destination's units across processes.
type Quota interface {
	Reserve(ctx context.Context, destination string, next func(state.Quota) state.Quota) error
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
	// Sleep waits for a time of the clock; nil is real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Log is told when the rate changes; nil is nowhere.
	Log *slog.Logger
}

// Backoff calculates a pause as [gmail.Backoff] does.
type Backoff func(attempt int, retryAfter time.Duration, rnd float64) time.Duration

// Destination is one Gmail mailbox, shared by all accounts of a process that
// deliver to it.
type Destination struct {
	Route
	turns turns
	slots *semaphore.Weighted
	// seats are for requests whatever their size.
	seats *semaphore.Weighted
	// booking is for those who wait for a slot: few, so that few slots were
	// given by a rate that proves to be wrong, and not one alone, so that the
	// state is written while another waits.
	booking  *semaphore.Weighted
	refusals refusals

	mu       sync.Mutex
	stopped  error
	failures int
	resumeAt time.Time
	// limitedUntil is when the last pause for the quota ends, or ended: what
	// was reserved for an earlier moment is void.
	limitedUntil time.Time
	// withheld counts the seats that are out of use.
	withheld int
	// told is the rate that the log knows of, in units a minute.
	told int
	// labelled are the labels whose cost was reserved.
	labelled map[string]bool
}

// NewDestination gives the destination of a route.
func NewDestination(r Route) *Destination {
	if r.Backoff == nil {
		r.Backoff = gmail.Backoff
	}
	if r.Sleep == nil {
		r.Sleep = sleep
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	return &Destination{
		Route:    r,
		turns:    turns{held: map[string]chan struct{}{}},
		slots:    semaphore.NewWeighted(uploadsAtOnce),
		seats:    semaphore.NewWeighted(uploadsAtOnce),
		booking:  semaphore.NewWeighted(2),
		told:     r.Pace.UnitsPerMinute,
		labelled: map[string]bool{},
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

// succeeded tells that Gmail took what the call of t brought. Of a call that
// was under way when others failed, that says nothing.
func (d *Destination) succeeded(t turn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !t.began.Before(d.resumeAt) {
		d.failures = 0
	}
}

// otherThan tells rows from the one given.
func otherThan(r state.Record) func(state.Record) bool {
	return func(o state.Record) bool { return o.Account != r.Account || o.UID != r.UID }
}
