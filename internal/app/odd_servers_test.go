package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestExpireZero(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.Expire = "0" })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(0, "run")
	h.expectInGmail(5)
	h.expectLeft(box, 5)
	h.advance(25 * time.Hour)
	box.Add("later", mail("later", "later\r\n"))
	h.expect(0, "run")
	h.expectInGmail(6)
	h.expectLeft(box, 1)
}

// Without TOP a deletion is proven by a RETR, which such a server may refuse.
func TestProofThatIsRefusedIsNotAskedForAgainAndAgain(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoTOP, s.pop.Expire = true, "0" })
	box := h.account("shop", `retention = "0"`)
	box.Add("a", mail("a", "x\r\n"))
	h.expect(0, "run")
	h.setPOPFault(strike("RETR", "a", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR no\r\n")}))
	h.pop.ResetCounters()
	h.expect(69, "run")
	h.expectSent("RETR", 1)
	h.expectSent("DELE", 0)
	if n := h.pop.Sessions(); n > 2 {
		t.Errorf("%d sessions for one message that can't be proven", n)
	}
	h.expectLeft(box, 1)
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(1)
}

func TestTOPThatDiffersIsUnused(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	for i := range 4 {
		raw := mail(fmt.Sprintf("t%d", i), "body\r\n")
		box.AddMessage(pop3test.Message{UID: fmt.Sprintf("t%d", i), Raw: raw, TopHeader: append([]byte("X-Extra: 1\r\n"), raw...)})
	}
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(4)
}

func TestTOPThatBreaksTheFirstSessionIsDoneWithout(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 3)
	h.setPOPFault(strike("TOP", "uid0", pop3test.Fault{Kind: pop3test.Close}))
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(3)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(3)
}

func TestTOPThatBreaksADeletionIsDoneWithout(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 3)
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	h.setPOPFault(strike("TOP", "uid0", pop3test.Fault{Kind: pop3test.Close}))
	box.Add("newer", mail("newer", "x\r\n"))
	h.expect(0, "run")
	h.expectSilence()
	h.expectLeft(box, 1)
	h.expectInGmail(4)
	for range 3 {
		h.expect(0, "run")
	}
	h.expectLeft(box, 1)
	h.expectInGmail(4)
}

// An mbox server adds Status to a message that was retrieved. By the digest
// of all its octets that is another message, and without TOP nothing else is
// asked.
func TestStatusThatAServerAddsMakesNoOtherMessage(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoTOP = true })
	box := h.account("shop", `retention = "1d"`)
	raw := mail("a", "x\r\n")
	box.Add("1", raw)
	h.expect(0, "run")
	box.Remove("1")
	box.Add("1", append([]byte("Status: RO\r\n"), raw...))
	h.expect(0, "run")
	h.expectInGmail(1)
	h.expectLeft(box, 1)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(1)
}

func TestShortBodyIsFetchedAgain(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	size := int64(5000)
	box.AddMessage(pop3test.Message{UID: "lies", Raw: mail("lies", "short\r\n"), ListSize: &size})
	box.Add("true", mail("true", "body\r\n"))
	h.expect(0, "run")
	h.expectInGmail(2)
	h.expectSent("RETR", 3)
}

// A server that cut a body each time, and gives it whole later: its header is
// no proof that Gmail has it.
func TestBodyThatWasCutEachTimeArrivesWhole(t *testing.T) {
	for _, access := range []string{"insert", "verify"} {
		h := newHarness(t)
		h.gmailExtra += "\naccess = \"" + access + "\""
		box := h.account("shop", `retention = "1h"`)
		whole := mail("m1", strings.Repeat("line\r\n", 50))
		box.Add("m1", whole)
		h.setPOPFault(strike("RETR", "m1", pop3test.Fault{Kind: pop3test.Truncate, N: len(whole) - 60}))
		h.expect(0, "run")
		h.expectInGmail(1)
		h.setPOPFault(nil)
		h.advance(2 * time.Hour)
		h.expect(0, "run") // the proof fails
		h.expectLeft(box, 1)
		h.expect(0, "run")
		h.expectInGmail(2)
		h.expectLeft(box, 1)
		h.advance(2 * time.Hour)
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectInGmail(2)
	}
}

// The same under a UID that stood for another message before.
func TestShortBodyUnderAReusedUIDIsFetchedAgain(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoTOP = true })
	box := h.account("shop")
	box.Add("1", mail("first", "x\r\n"))
	h.expect(0, "run")
	box.Remove("1")
	raw := mail("second", "yyyy\r\n")
	size := int64(len(raw)) + 7
	box.AddMessage(pop3test.Message{UID: "1", Raw: raw, ListSize: &size})
	h.pop.ResetCounters()
	h.expect(0, "run")
	h.expectSilence()
	h.expectBodies("x", "yyyy")
	h.expectSent("RETR", 2)
	h.expect(0, "run")
	h.expectSent("RETR", 2)
	h.expectBodies("x", "yyyy")
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
