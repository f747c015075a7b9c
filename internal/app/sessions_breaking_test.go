package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// Without TOP a deletion is proven by a RETR. One that breaks sessions keeps
// neither the others, nor itself once it breaks none.
func TestProofThatBreaksTheSession(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoTOP = true })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 3)
	h.expect(0, "run")
	h.setPOPFault(strike("RETR", "uid0", pop3test.Fault{Kind: pop3test.Cut, N: 40}))
	h.advance(25 * time.Hour)
	h.expect(69, "run")
	h.expectSilence()
	h.expectLeft(box, 1)
	h.advance(2 * time.Hour)
	h.expect(69, "run")
	h.expectSaid("prove what is due in shop")
	h.expectLeft(box, 1)
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(3)
}

// Another message under an imported one's UID has to be fetched to tell. If it
// breaks each session, the others come before it, and it is told of once.
func TestChangedMessageThatBreaksTheSession(t *testing.T) {
	for _, noTop := range []bool{true, false} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTop })
		box := h.account("shop")
		box.Add("u0", mail("m0", "x\r\n"))
		h.expect(0, "run")
		box.Clear()
		box.Add("u0", mail("other", "another of another size\r\n"))
		for _, n := range []string{"n0", "n1", "n2", "n3"} {
			box.Add(n, mail(n, strings.Repeat(n, 5)+"\r\n"))
		}
		h.setPOPFault(strike("RETR", "u0", pop3test.Fault{Kind: pop3test.Cut, N: 40}))
		h.expect(69, "run")
		h.expectSilence()
		h.expectInGmail(5)
		for i := range 3 {
			h.advance(2 * time.Hour)
			later := fmt.Sprintf("later%d", i)
			box.Add(later, mail(later, "x\r\n"))
			h.pop.ResetCounters()
			h.expect(69, "run")
			h.expectSent("RETR", 2)
			sent := h.pop.Commands()
			if u0, newcomer := slices.Index(sent, "RETR 1"), slices.Index(sent, fmt.Sprintf("RETR %d", 6+i)); u0 < newcomer {
				t.Errorf("what breaks sessions came before %s: %q", later, sent)
			}
			if i == 0 {
				h.expectSaid("fetch UID u0 of shop", "(set aside: it broke 4 sessions)")
			} else {
				h.expectSilence()
			}
		}
		h.setPOPFault(nil)
		h.expect(0, "run")
		h.expectInGmail(9)
	}
}

// While the server's sizes grow, each run looks at each message anew. That one
// broke a session by this once mustn't keep it for ever.
func TestMessageThatBrokeASessionOnceIsDeletedLater(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoTOP = true })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 3)
	growing(&witness{h: h, box: box})
	h.expect(0, "run")
	broke := false // asked by one session at a time
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if broke || e.Command != "RETR" || e.UID != "uid0" {
			return pop3test.Fault{}
		}
		broke = true
		return pop3test.Fault{Kind: pop3test.Cut, N: 40}
	})
	h.advance(time.Hour)
	h.expect(0, "run")
	if !broke {
		t.Fatal("no session broke")
	}
	for range 2 {
		h.advance(25 * time.Hour)
		h.expect(0, "run")
		h.expectSilence()
	}
	h.expectLeft(box, 0)
	h.expectInGmail(3)
}

// One whose DELE breaks each session keeps none but itself.
func TestDELEThatBreaksTheSession(t *testing.T) {
	for _, pipelining := range []bool{true, false} {
		h := newHarness(t, func(s *setup) { s.pop.Pipelining = pipelining })
		box := h.account("shop", `retention = "1d"`)
		fill(box, 5)
		h.expect(0, "run")
		h.advance(25 * time.Hour)
		h.setPOPFault(strike("DELE", "uid2", pop3test.Fault{Kind: pop3test.Close}))
		h.expect(69, "run")
		h.expectSilence()
		h.expectLeft(box, 1)
		h.advance(2 * time.Hour)
		h.expect(69, "run")
		h.expectSaid("delete from shop: DELE 1")
		h.expectLeft(box, 1)
		h.setPOPFault(nil)
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectInGmail(5)
	}
}

// Where a second one does so, too, the server is at fault: the run deletes no
// more, and fetches what is new.
func TestDELEsThatBreakTwoSessionsEndTheDeletions(t *testing.T) {
	for _, pipelining := range []bool{true, false} {
		h := newHarness(t, func(s *setup) { s.pop.Pipelining = pipelining })
		box := h.account("shop", `retention = "1d"`)
		fill(box, 5)
		h.expect(0, "run")
		h.advance(25 * time.Hour)
		box.Add("new", mail("new", "new\r\n"))
		dele := 0 // counted by one session at a time
		h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
			if e.Command != "DELE" || e.UID != "uid1" && e.UID != "uid2" {
				return pop3test.Fault{}
			}
			dele++
			return pop3test.Fault{Kind: pop3test.Close}
		})
		h.expect(69, "run")
		h.expectLeft(box, 6)
		h.expectInGmail(6)
		if dele != 2 {
			t.Errorf("DELE broke %d sessions, want 2", dele)
		}
		h.setPOPFault(nil)
		h.expect(0, "run")
		h.expectLeft(box, 1)
		h.expectInGmail(6)
	}
}
