package app

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/state"
)

// Each mark is a write to the disk: a run of thousands of messages makes few.
func TestLockIsMarkedOnceASecond(t *testing.T) {
	dir := t.TempDir()
	lock, err := state.LockAccount(dir, "shop")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Release() }() // the folder goes anyway
	now := time.Unix(1_800_000_000, 0)
	p := &program{World: World{Now: func() time.Time { return now }}, log: silent()}
	told := p.follow("shop", lock, nil)
	for _, step := range []struct {
		after time.Duration
		marks bool
	}{{0, false}, {touchEvery - 1, false}, {1, true}, {touchEvery / 2, false}, {touchEvery / 2, true}, {-time.Hour, true}, {0, false}} {
		now = now.Add(step.after)
		long := time.Unix(1, 0)
		if err := lock.Touch(long); err != nil {
			t.Fatal(err)
		}
		told(bridge.Progress{})
		at, err := state.LockProgress(dir, "shop")
		if err != nil || at.After(long) != step.marks {
			t.Errorf("%s later: marked %t (%v), want %t", step.after, at.After(long), err, step.marks)
		}
	}
}
