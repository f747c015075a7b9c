package app_test

import (
	"slices"
	"testing"
)

// TestIdleRun: what cron does 288 times a day is one session with no command
// and no round trip more than it takes, and nothing at Gmail.
func TestIdleRun(t *testing.T) {
	for _, c := range []struct {
		name       string
		pipelining bool
		expire     string
		commands   []string
		// trips are those that the server waits for: the greeting is none.
		trips int
	}{
		{"pipelining", true, "",
			[]string{"CAPA", "USER shop", "PASS ***", "STAT", "UIDL", "LIST", "QUIT"}, 3},
		{"capabilities by user", true, "30 USER",
			[]string{"CAPA", "USER shop", "PASS ***", "CAPA", "STAT", "UIDL", "LIST", "QUIT"}, 3},
		{"one by one", false, "",
			[]string{"CAPA", "USER shop", "PASS ***", "STAT", "UIDL", "LIST", "QUIT"}, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t, func(s *setup) { s.pop.Pipelining, s.pop.Expire = c.pipelining, c.expire })
			fill(h.account("shop", `retention = "14d"`), 20)
			h.expect(0, "run")
			h.pop.ResetCounters()
			before := len(h.gmail.Requests())
			h.expect(0, "run")
			h.expectSilence()
			if got := h.pop.Commands(); !slices.Equal(got, c.commands) {
				t.Errorf("commands %q, want %q", got, c.commands)
			}
			if got := h.pop.RoundTrips(); got != c.trips {
				t.Errorf("%d round trips, want %d", got, c.trips)
			}
			if got := len(h.gmail.Requests()); got != before {
				t.Errorf("%d requests to Gmail", got-before)
			}
			if got := h.pop.Sessions(); got != 1 {
				t.Errorf("%d sessions, want 1", got)
			}
		})
	}
}
