package bridge

import (
	"context"
	"time"
)

// Clock tells the time; it is passed in, so that tests and the demo have
// their own.
type Clock func() time.Time

// sleep waits for d of real time, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// lenient gives a context that outlives ctx by grace: what is under way when
// a person interrupts may end well, and its outcome is then known.
func lenient(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return late, func() { stop(); cancel() }
}
