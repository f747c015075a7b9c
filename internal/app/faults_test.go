package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestWithdrawnTokenDoesNotStopDeletions(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 4)
	h.expect(0, "run")
	h.gmail.Revoke(h.address)
	h.advance(25 * time.Hour)
	for i := range 3 {
		box.Add(fmt.Sprintf("new%d", i), mail(fmt.Sprintf("n%d", i), "x\r\n"))
	}
	h.expect(77, "run")
	if !strings.Contains(h.err.String(), "hint: popbridge login default") {
		t.Errorf("it doesn't say what mends it: %s", &h.err)
	}
	h.expectLeft(box, 3)
	h.expectInGmail(4)
	h.expect(77, "run")
	h.expectSilence()
}

func TestFiveUnlistedRefusalsStopTheDestination(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 9)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageCommit,
		gmailtest.Refuse(400, "invalidArgument", "Bad Request")))
	h.expect(77, "run")
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(9)
}

func TestFewUnlistedRefusalsAreRecorded(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 6)
	h.gmail.SetFault(gmailtest.Either(
		gmailtest.OnMessage("<m2@example.com>", gmailtest.StageCommit, gmailtest.Refuse(400, "invalidArgument", "Bad Request"))))
	h.expect(65, "run")
	h.expectInGmail(5)
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(5)
	h.expect(0, "retry", "shop")
	h.expect(0, "run")
	h.expectInGmail(6)
}

func TestRateLimitPasses(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	h.gmail.SetFault(gmailtest.Times(2, gmailtest.KindImport, gmailtest.StageBefore, gmailtest.RateLimited("0")))
	h.expect(0, "run")
	h.expectInGmail(5)
}

func TestLongRateLimitIsLeftToTheNextRun(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageBefore, gmailtest.RateLimited("600")))
	h.expect(75, "run")
	h.expectSilence()
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(5)
}

func TestInsertDoubtIsFolded(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
	h.expect(75, "run")
	h.expectSilence()
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(5)
}

func TestShortListingDeletesNothing(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	box.EditListing(func(kind string, lines []string) []string {
		if kind == "UIDL" {
			return lines[:3]
		}
		return lines
	})
	h.expect(69, "run")
	h.expectLeft(box, 5)
	box.EditListing(nil)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(5)
}

func TestRefusedQuitKeepsTrying(t *testing.T) {
	struck := false
	h := newHarness(t, func(s *setup) {
		s.pop.Fault = func(e pop3test.Event) pop3test.Fault {
			if e.Command == "QUIT" && e.Session == 2 && !struck {
				struck = true
				return pop3test.Fault{Kind: pop3test.DoneClose}
			}
			return pop3test.Fault{}
		}
	})
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	h.expect(69, "run")
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(5)
}

func TestOversizeIsRefusedWithoutAFetch(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `skip_larger = "2KB"`)
	box.Add("big", mail("big", strings.Repeat("0123456789\r\n", 500)))
	box.Add("small", mail("small", "x\r\n"))
	h.expect(65, "run")
	h.expectInGmail(1)
	h.expectLeft(box, 2)
	for _, c := range h.pop.Commands() {
		if c == "RETR 1" {
			t.Error("it fetched a message that is too large")
		}
	}
	h.expect(0, "run")
	h.expectSilence()
}

func TestClockThatJumpedDeletesNothing(t *testing.T) {
	var gmailOffset time.Duration
	h := newHarness(t, func(s *setup) { s.gmail.Now = func() time.Time { return time.Now().Add(gmailOffset) } })
	box := h.account("shop", `retention = "14d"`)
	fill(box, 3)
	h.expect(0, "run")
	h.advance(365 * 24 * time.Hour)
	h.expect(75, "run")
	h.expectLeft(box, 3)
	h.advance(-365*24*time.Hour + time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 3)
	h.advance(20 * 24 * time.Hour)
	gmailOffset = h.offset
	h.expect(0, "run")
	h.expectLeft(box, 0)
}
