package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// What is known under other UIDs is known.
func TestAdoptInGmailAfterTheUIDsChanged(t *testing.T) {
	for name, noTop := range map[string]bool{"TOP": false, "no TOP": true} {
		t.Run(name, func(t *testing.T) {
			h := newVerifying(t, func(s *setup) { s.pop.NoTOP = noTop })
			box := h.account("shop", `retention = "14d"`)
			fill(box, 4)
			h.expect(0, "run")
			for i := range 4 {
				box.SetUID(fmt.Sprintf("uid%d", i), fmt.Sprintf("other%d", i))
			}
			box.Add("new", mail("new", "new\r\n"))
			h.expect(0, "adopt", "shop", "--in-gmail")
			h.expectPrinted("shop: Gmail has 0 of 1 message: recorded as imported; 4 known before\n", "shop: 1 other will be imported by the next run\n")
			h.expectStatuses(map[string]int{"imported": 4, "pending": 1})
			h.expect(0, "run")
			h.expectInGmail(5)
			h.expectStatuses(map[string]int{"imported": 5})
		})
	}
}

// What was adopted under another UID is looked for, too.
func TestAdoptedUnderOtherUIDsBecomeImported(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	fill(box, 2)
	h.expect(0, "adopt", "shop")
	box.SetUID("uid0", "other0")
	box.SetUID("uid1", "other1")
	h.arrive(mail("m0", "\r\n"))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: Gmail has 1 of 2 messages", "1 other stay adopted")
	h.expectStatuses(map[string]int{"imported": 1, "adopted": 1})
	h.expect(0, "run")
	h.expectInGmail(1)
}

// Nothing hangs on the QUIT after all was read.
func TestAdoptWhereQuitBreaks(t *testing.T) {
	for name, fault := range map[string]pop3test.Fault{"closed": {Kind: pop3test.Close}, "refused": {Kind: pop3test.Reply, Raw: []byte("-ERR no\r\n")}} {
		t.Run(name, func(t *testing.T) {
			h := newVerifying(t)
			h.fetched(h.account("shop", `retention = "0"`), 3)
			fill(h.account("orders"), 2)
			h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
				if e.Command == "QUIT" {
					return fault
				}
				return pop3test.Fault{}
			})
			h.expect(0, "adopt", "shop", "--in-gmail")
			h.expectPrinted("Gmail has 3 of 3 messages", "the next run deletes 3 messages")
			h.expect(0, "adopt", "orders")
			h.expectPrinted("orders: adopted 2 messages")
			h.expectStatuses(map[string]int{"imported": 3, "adopted": 2})
		})
	}
}

// What is recorded is deleted, also where it ended early.
func TestAdoptInGmailSaysWhatGoesWhenItEndsEarly(t *testing.T) {
	h := newVerifying(t)
	h.fetched(h.account("shop", `retention = "0"`), 6)
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "RETR" && e.Number > 2 {
			return pop3test.Fault{Kind: pop3test.Cut, N: 60}
		}
		return pop3test.Fault{}
	})
	h.expect(69, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: recorded 2 messages of 5 as imported", "shop: the next run deletes 2 messages that retention lets go")
}

// Messages alike that are listed at once are so many, also where only their
// headers tell them apart from others.
func TestMessagesAlikeInAMailboxWithoutUIDL(t *testing.T) {
	for _, c := range []struct{ alike, inGmail int }{{2, 1}, {3, 1}, {3, 2}, {2, 2}} {
		t.Run(fmt.Sprintf("%d of %d", c.inGmail, c.alike), func(t *testing.T) {
			h := newVerifying(t, func(s *setup) { s.pop.NoUIDL = true })
			box := h.account("shop", `retention = "0"`)
			var want []string
			for m := range 2 {
				body := strings.Repeat("x", m+1)
				for i := range c.alike {
					box.Add(fmt.Sprintf("%d-%d", m, i), mail(fmt.Sprintf("m%d", m), body+"\r\n"))
					want = append(want, body)
				}
				for range c.inGmail {
					h.arrive(mail(fmt.Sprintf("m%d", m), body+"\r\n"))
				}
			}
			h.expect(0, "adopt", "shop", "--in-gmail")
			h.expectPrinted(fmt.Sprintf("Gmail has %d of %d messages", 2*c.inGmail, 2*c.alike))
			for range 4 {
				h.expect(0, "run")
			}
			h.expectLeft(box, 0)
			h.expectBodies(want...)
		})
	}
}
