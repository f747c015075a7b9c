package app

import (
	"sync"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

const (
	// An account with something to do has a bar after barSoon, one without
	// after barLate: what is over in a moment must not flash.
	barSoon = 400 * time.Millisecond
	barLate = 1200 * time.Millisecond
	// barCalm is how long a bar says what goes on before it says what went on
	// in between: several uploads at once change that with every frame.
	barCalm = time.Second
	// An account moves until nothing has come of it for barRests. One that is
	// on the screen keeps its row for longer.
	barRests     = 3 * time.Second
	barRestsSeen = 10 * time.Second
)

// bar shows one account. A nil bar shows nothing.
type bar struct {
	name  string
	began time.Time

	mu     sync.Mutex
	latest bridge.Progress
	ended  bool

	// What follows is known only to who draws: how far the account was when it
	// was last drawn, and when that had changed.
	drawn    bridge.Progress
	movedAt  time.Time
	doing    bridge.Activity
	doingAt  time.Time
	resumeAt time.Time
	speed    speed
	// shows tells whether it has something to show, seen whether there was a
	// row for it.
	shows, seen bool
}

// tell says how the account gets on.
func (b *bar) tell(p bridge.Progress) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.latest = p
}

// end takes the account's bar away.
func (b *bar) end() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

func (b *bar) now() (p bridge.Progress, ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.latest, b.ended
}

// note looks at how the account gets on.
func (b *bar) note(p bridge.Progress, now time.Time) {
	age := now.Sub(b.began)
	b.shows = b.shows || age >= barLate || age >= barSoon && p.Wanted > 0
	if p.Doing == bridge.AwaitingRetry && (p.Pause != b.drawn.Pause || b.drawn.Doing != p.Doing) {
		b.resumeAt = now.Add(p.Pause)
	}
	b.speed.note(now, p.Done)
	b.settle(p.Doing, now)
	switch {
	case p.Doing == bridge.Fetching, p.Doing == bridge.Importing, p.Doing == bridge.Deleting,
		p.Done != b.drawn.Done, p.FetchedOctets != b.drawn.FetchedOctets:
		b.movedAt = now
	}
	b.drawn = p
}

// settle chooses what the bar says of what goes on.
func (b *bar) settle(doing bridge.Activity, now time.Time) {
	pause := doing == bridge.AwaitingRetry || b.doing == bridge.AwaitingRetry
	if doing == b.doing || b.doing == "" || pause || now.Sub(b.doingAt) >= barCalm {
		b.doing, b.doingAt = doing, now
	}
}

// moves tells whether something has come of the account lately.
func (b *bar) moves(now time.Time) bool {
	rests := barRests
	if b.seen {
		rests = barRestsSeen
	}
	return !b.movedAt.IsZero() && now.Sub(b.movedAt) < rests
}

// view gives what is to be seen of the account.
func (b *bar) view(now time.Time, run ending) *view {
	v := &view{Progress: b.drawn, name: b.name, run: run, pause: max(b.resumeAt.Sub(now), 0)}
	v.Doing = b.doing
	v.perMinute, v.left = -1, -1
	if !v.still() {
		v.perMinute, v.left = b.speed.estimate(now, v.Done, v.Wanted)
	}
	return v
}
