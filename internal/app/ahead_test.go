package app_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// aheadOnly goes wrong at a STAT that came along with the login.
func aheadOnly(f pop3test.Fault) func(*setup) {
	return func(s *setup) {
		s.pop.Fault = func(e pop3test.Event) pop3test.Fault {
			if e.Command == "STAT" && e.Ahead {
				return f
			}
			return pop3test.Fault{}
		}
	}
}

// losing are servers that announce pipelining and can't do it.
var losing = map[string]func(*setup){
	"always":       func(s *setup) { s.pop.LosesAhead = true },
	"at the login": func(s *setup) { s.pop.LosesAtLogin = true },
	"at the login, with capabilities by user": func(s *setup) {
		s.pop.LosesAtLogin, s.pop.Expire = true, "30 USER"
	},
	"refuses what comes along": aheadOnly(pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR log in first\r\n")}),
	"hangs up":                 aheadOnly(pop3test.Fault{Kind: pop3test.Close}),
}

// TestPipeliningThatIsALie: such a server is served all the same, and
// remembered for a day.
func TestPipeliningThatIsALie(t *testing.T) {
	for name, lie := range losing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, lie)
			box := h.account("shop", `timeout = "1s"`, `retention = "1h"`)
			fill(box, 3)
			h.expect(0, "run")
			h.expectSilence()
			h.expectInGmail(3)
			h.advance(2 * time.Hour)
			h.expectSessions(2, "run --dry-run", "run")
			h.expectLeft(box, 0)
			// Each run of the day knows it, but none makes the day longer.
			for range 3 {
				h.advance(7 * time.Hour)
				h.expectSessions(1, "run")
			}
			h.advance(2 * time.Hour)
			h.expectSessions(2, "run")
		})
	}
}

// TestFirstWordsToAServerThatLoses: what a person types before any run works
// as well.
func TestFirstWordsToAServerThatLoses(t *testing.T) {
	for _, command := range []string{"run --dry-run", "adopt shop", "save shop uid1"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, losing["at the login"])
			fill(h.account("shop", `timeout = "1s"`), 3)
			h.expectSessions(2, command)
		})
	}
}

// TestOneSilenceIsForgotten: a server that was seen to pipeline in the same
// session is asked one at a time in that run only.
func TestOneSilenceIsForgotten(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `timeout = "1s"`)
	fill(box, 3)
	stalled := false
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command != "RETR" || stalled {
			return pop3test.Fault{}
		}
		stalled = true
		return pop3test.Fault{Kind: pop3test.Stall}
	})
	h.expectSessions(2, "run")
	h.expectInGmail(3)
	h.pop.ResetCounters()
	h.expect(0, "run")
	if got := h.pop.RoundTrips(); got != 3 {
		t.Errorf("%d round trips in the next run, want 3", got)
	}
}
