package app_test

import (
	"fmt"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// Refusals for a reason that isn't known count for the destination, whichever
// account meets them: an account that ends in the midst of them must not mark
// its own.
func TestUnlistedRefusalsOfTwoAccountsMarkNone(t *testing.T) {
	for _, counts := range [][2]int{{3, 2}, {2, 3}, {4, 1}, {1, 4}} {
		t.Run(fmt.Sprintf("%d and %d", counts[0], counts[1]), func(t *testing.T) {
			h := newHarness(t)
			h.top = "jobs = 1"
			for i, name := range []string{"one", "two"} {
				box := h.account(name)
				for n := range counts[i] {
					id := fmt.Sprintf("%s%d", name, n)
					box.Add(id, mail(id, "x\r\n"))
				}
			}
			h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageCommit,
				gmailtest.Refuse(400, "invalidArgument", "Bad Request")))
			h.expect(77, "run")
			h.expectSaid("5 messages in a row refused, which speaks against the destination")
			h.expectStatuses(map[string]int{"pending": 5})
			h.gmail.SetFault(nil)
			h.expect(0, "run")
			h.expectInGmail(5)
		})
	}
}

// Fewer than five speak against the messages.
func TestFewUnlistedRefusalsOfTwoAccountsAreRecorded(t *testing.T) {
	h := newHarness(t)
	h.top = "jobs = 1"
	for _, name := range []string{"one", "two"} {
		box := h.account(name)
		for n := range 2 {
			id := fmt.Sprintf("%s%d", name, n)
			box.Add(id, mail(id, "x\r\n"))
		}
	}
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageCommit,
		gmailtest.Refuse(400, "invalidArgument", "Bad Request")))
	h.expect(65, "run")
	h.expectStatuses(map[string]int{"refused": 4})
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(0)
}
