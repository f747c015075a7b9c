package app

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"

	"github.com/popbridge/popbridge/internal/bridge"
)

// bar shows one account. A nil bar shows nothing.
type bar struct {
	name  string
	began time.Time
	speed speed
	// shown is nil until there is something to show.
	shown *mpb.Bar
	view  atomic.Pointer[view]

	mu     sync.Mutex
	latest bridge.Progress
	ended  bool
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
