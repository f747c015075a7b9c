package demo

import (
	"sync"
	"time"
)

// clock is a simulated clock. Between two settings it goes on as real time
// does, so that whoever waits for a moment sees it come.
type clock struct {
	mu    sync.Mutex
	time  time.Time
	since time.Time // the real time at which it was set
}

func newClock(t time.Time) *clock { return &clock{time: t, since: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time.Add(time.Since(c.since))
}

// set moves the clock ahead. It never goes back.
func (c *clock) set(t time.Time) {
	if t.Before(c.now()) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time, c.since = t, time.Now()
}
