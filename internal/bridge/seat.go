package bridge

import "context"

// seat is one of the places from which a destination's uploads are made.
type seat struct {
	d    *Destination
	held bool
}

// take waits for a seat.
func (s *seat) take(ctx context.Context) error {
	err := s.d.seats.Acquire(ctx, 1)
	s.held = err == nil
	return err
}

// leave lets another have it.
func (s *seat) leave() {
	if s.held {
		s.d.seats.Release(1)
		s.held = false
	}
}

// yield is for an upload that was one too many at once for Gmail: its seat is
// out of use for the rest of the run, but for the last, and it waits for
// another.
func (s *seat) yield(ctx context.Context) error {
	if !s.d.withhold() {
		return nil
	}
	return s.take(ctx)
}

// withhold counts a seat out, unless it is the last.
func (d *Destination) withhold() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.withheld >= uploadsAtOnce-1 {
		return false
	}
	d.withheld++
	d.Log.Info("Gmail has too many requests at once: made it fewer", "at_once", uploadsAtOnce-d.withheld)
	return true
}
