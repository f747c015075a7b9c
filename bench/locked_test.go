package main

import (
	"strings"
	"testing"
	"time"
)

func TestLocked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, hold := range map[string]func(ration) (holding, error){"pop3test": b.holdProvider, "Dovecot": b.holdDovecot} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := hold(smallRation)
			skipIfMissing(t, err)
			if err != nil {
				t.Fatal(err)
			}
			if h.imported != 20 || h.exit != 0 || h.sessions != 1 || h.held < farAway || h.held >= h.wall {
				t.Errorf("got %+v", h)
			}
		})
	}
}

func TestLockedRowShowsTheMedianOrTheFailure(t *testing.T) {
	r := ration{messages: 10}
	runs := []holding{
		{held: time.Second, wall: 10 * time.Second, sessions: 1, imported: 10},
		{held: 3 * time.Second, wall: 10 * time.Second, sessions: 1, imported: 10},
		{held: 2 * time.Second, wall: 10 * time.Second, sessions: 2, imported: 10},
	}
	made := lockedRow("locked", r, runs)
	if made.Popbridge != "20.0 %" || made.Note != "2.00 s of 10.0 s in 2 sessions; all 10 imported, exit 0; median of 3 runs" {
		t.Errorf("all is well: %+v", made)
	}
	runs[0].imported, runs[0].exit = 4, 75
	if made = lockedRow("locked", r, runs); !strings.Contains(made.Note, "FAILED: 4 of 10 imported, exit 75") {
		t.Errorf("one went wrong: %+v", made)
	}
}
