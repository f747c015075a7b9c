package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
	"github.com/popbridge/popbridge/state"
)

// expectChecks runs a check and wants these words of it.
func (h *harness) expectChecks(code int, words ...string) {
	h.t.Helper()
	h.expect(code, "check")
	checkPrintable(h.t, "check", h.out.String())
	for _, w := range words {
		if !strings.Contains(h.out.String(), w) {
			h.t.Errorf("%q isn't there, but\n%s", w, &h.out)
		}
	}
	h.expectNothingMoved()
}

// expectNothingMoved holds a check to what it may ask for.
func (h *harness) expectNothingMoved() {
	h.t.Helper()
	for _, c := range h.pop.Commands() {
		if verb, _, _ := strings.Cut(c, " "); slices.Contains([]string{"RETR", "DELE", "TOP"}, verb) {
			h.t.Errorf("the server heard %q", c)
		}
	}
	for kind, n := range h.gmail.Counts() {
		if !slices.Contains([]string{gmailtest.KindToken, gmailtest.KindLabelList}, kind) {
			h.t.Errorf("Gmail was asked %d times for %s", n, kind)
		}
	}
}

// TestCheckGoesSideBySide: an account whose server is silent doesn't hold up
// another one, and a person who has seen enough needn't wait for it. What is
// found stands in the order of the configuration.
func TestCheckGoesSideBySide(t *testing.T) {
	h := newHarness(t)
	for _, name := range []string{"silent", "quick"} {
		fill(h.account(name), 1)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	waits, done := false, false
	h.setPOPFault(func(e pop3test.Event) (f pop3test.Fault) {
		if e.Command == "USER" && e.Argument == "silent" {
			waits, f.Kind = true, pop3test.Stall
		}
		done = done || e.Command == "QUIT" && e.User == "quick"
		if waits && done {
			interrupt()
		}
		return f
	})
	h.runWith(ctx, &h.out, "check")
	last := -1
	for _, line := range []string{"silent: TLS", "silent: login", "quick: name", "quick: login", "quick: capabilities", "default: token"} {
		at := strings.Index(h.out.String(), "\n"+line)
		if at <= last {
			t.Errorf("%q is not in its place", line)
		}
		last = at
	}
	if t.Failed() || !strings.Contains(h.out.String(), "-        not tried, nor capabilities, listing, retention") {
		t.Errorf("it says\n%s", &h.out)
	}
	h.expectNothingMoved()
}

// TestCheckEndsInTime: whoever falls silent is waited for no longer than the
// account's timeout, wherever that happens.
func TestCheckEndsInTime(t *testing.T) {
	for _, command := range []string{"connect", "tls", "greeting", "CAPA", "USER", "PASS", "STAT", "UIDL", "LIST"} {
		h := newHarness(t)
		h.account("shop", `timeout = "0.3s"`)
		h.setPOPFault(strike(command, "", pop3test.Fault{Kind: pop3test.Stall}))
		h.expectChecks(69, "failed", "no progress within 300ms", "default: labels")
	}
	for _, kind := range []string{gmailtest.KindToken, gmailtest.KindLabelList} {
		h := newHarness(t)
		h.account("shop", `timeout = "0.3s"`)
		h.gmail.SetFault(gmailtest.Times(-1, kind, gmailtest.StageBefore, gmailtest.Stall()))
		h.expectChecks(69, "shop: listing", "failed", "1 thing to mend")
	}
}

// TestASilentQUITIsNoFault: nothing hangs on it.
func TestASilentQUITIsNoFault(t *testing.T) {
	h := newHarness(t)
	h.account("shop", `timeout = "0.3s"`)
	h.setPOPFault(strike("QUIT", "", pop3test.Fault{Kind: pop3test.Stall}))
	h.expectChecks(0, "all well\n")
}

// TestCheckStumblesOverNoPipelining: a server that loses what is sent ahead is
// found out, and got along with, by runs.
func TestCheckStumblesOverNoPipelining(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.LosesAhead = true })
	fill(h.account("shop"), 2)
	h.expectChecks(0, "2 messages", "PIPELINING", "all well\n")
}

func TestCheckComparesClocks(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Now = time.Now })
	h.account("shop")
	h.advance(-2 * time.Hour)
	h.expectChecks(0, "this machine's clock is 2h behind Gmail's\n        hint: set it")
	h.advance(5 * time.Hour)
	h.expectChecks(0, "this machine's clock is 3h ahead of Gmail's\n")
}

func TestCheckTellsALowerRate(t *testing.T) {
	h := newHarness(t)
	h.gmailExtra = "units_per_minute = 6000"
	h.account("shop")
	h.expectChecks(0, "6,000 units a minute, at most 240 imports\nall well\n")
	h.expect(0, "run")
	db, err := state.Open(t.Context(), h.path("state/state.db"), state.Options{})
	h.must(err)
	h.must(db.Reserve(t.Context(), h.address, func(state.Quota) state.Quota {
		return state.Quota{Rate: 3000, Since: h.now().Add(-time.Minute)}
	}))
	h.must(db.Close())
	h.expectChecks(0, "warning  6,000 units a minute, at most 240 imports; Gmail allowed less lately: 3,000 units a minute, at most 120 imports")
}

func TestCheckWarnsOfALongLoginDelay(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.LoginDelay = 10 * time.Minute })
	h.account("shop")
	h.expectChecks(0, "LOGIN-DELAY 600", "warning  nothing is deleted; the server wants 10m between logins, more than cron's usual 5m\n        hint: let cron run popbridge every 10 minutes at most\n")
	h.expectChecks(75, "the server wants a pause between logins")
}

func TestCheckWarnsOfAMailboxThatCantBeRelieved(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop", "keep_messages = 2"), 3)
	h.expect(0, "adopt", "shop")
	h.pop.ResetCounters()
	h.expectChecks(0, "adopted and refused messages alone exceed keep_messages or keep_size\n        hint: popbridge retry shop UID")
}
