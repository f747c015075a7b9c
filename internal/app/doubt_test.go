package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

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

func TestDoubtIsSettledByALook(t *testing.T) {
	for stage, committed := range map[gmailtest.Stage]bool{gmailtest.StageAnswer: true, gmailtest.StageCommit: false} {
		t.Run(fmt.Sprintf("committed %t", committed), func(t *testing.T) {
			h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
			h.gmailExtra += "\naccess = \"verify\""
			box := h.account("shop")
			fill(box, 3)
			h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, stage, gmailtest.Cut()))
			h.expect(75, "run")
			h.expectSilence()
			h.gmail.SetFault(nil)
			h.advance(30 * time.Second)
			want := 75
			if committed {
				want = 0
			}
			h.expect(want, "run")
			h.expectSilence()
			h.advance(150 * time.Second)
			h.expect(0, "run")
			h.expectInGmail(3)
		})
	}
}

// Without the right to look, a doubt is settled by importing the message
// again; once the provider has it no longer, that can't be.
func TestDoubtOfAVanishedMessageEnds(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 2)
	h.gmail.SetFault(gmailtest.OnMessage("<m0@example.com>", gmailtest.StageAnswer, gmailtest.Cut()))
	h.expect(75, "run")
	h.gmail.SetFault(nil)
	box.Clear()
	for range 3 {
		h.advance(2 * time.Hour)
		h.expect(0, "run")
		h.expectSilence()
	}
	h.expectInGmail(2)
}

// An attempt that certainly failed says nothing of an earlier one whose
// outcome isn't known: while it isn't, another message with the Message-ID
// would be folded into it, and be lost once the provider's copy is deleted.
func TestEarlierDoubtSurvivesARateLimit(t *testing.T) {
	h := newHarness(t)
	one, two := h.account("one"), h.account("two", `retention = "1d"`)
	one.Add("a", mail("same", "body A\r\n"))
	h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
	h.expect(75, "run", "one")
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageBefore, gmailtest.RateLimited("600")))
	h.expect(75, "run", "one")
	h.gmail.SetFault(nil)
	two.Add("b", mail("same", "body B, another\r\n"))
	h.expect(75, "run", "two")
	h.expectSilence()
	h.expectBodies("body A")
	h.expect(0, "run", "one")
	h.expectBodies("body A")
	h.expect(0, "run", "two")
	h.expectBodies("body A", "body B, another")
	h.expectLeft(two, 1)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(two, 0)
	h.expectLeft(one, 1)
	h.expectBodies("body A", "body B, another")
}

func TestRetryKeepsADoubt(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	h.gmailExtra += "\naccess = \"verify\""
	box := h.account("shop")
	box.Add("a", mail("a", "x\r\n"))
	broken := false // asked by one session at a time
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command != "RETR" || broken {
			return pop3test.Fault{}
		}
		broken = true
		return pop3test.Fault{Kind: pop3test.Cut, N: 40}
	})
	h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
	h.expect(75, "run")
	h.setPOPFault(nil)
	h.gmail.SetFault(nil)
	h.expectInGmail(1)
	h.expect(0, "retry", "shop", "a")
	h.expectPrinted("the next run tries 1 message again")
	h.expect(75, "run")
	h.expectInGmail(1)
	h.advance(time.Minute)
	h.expect(0, "run")
	h.expectInGmail(1)
	h.expectStatuses(map[string]int{"imported": 1})
}

// Days between two runs are no clock that jumped, whose doubts would be looked
// into once more at each.
func TestDoubtIsSettledWhereRunsAreRare(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	h.gmailExtra += "\naccess = \"verify\""
	box := h.account("shop")
	h.expect(0, "run")
	box.Add("u1", mail("m1", "x\r\n"))
	h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageCommit, gmailtest.Cut()))
	h.expect(75, "run")
	h.gmail.SetFault(nil)
	for range 2 {
		h.advance(72 * time.Hour)
		h.expect(0, "run")
		h.expectSilence()
		h.expectInGmail(1)
	}
	h.expectStatuses(map[string]int{"imported": 1})
}
