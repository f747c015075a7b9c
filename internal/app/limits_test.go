package app_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestLimitImportsSoManyARun(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	for _, total := range []int{2, 4, 5, 5} {
		h.expect(0, "run", "--limit", "2")
		h.expectSilence()
		h.expectInGmail(total)
		h.expectSent("RETR", total)
	}
}

func TestDryRunTellsHowManyTheLimitLeaves(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop"), 3)
	h.expect(0, "run", "-n", "--limit", "1")
	h.expectPrinted("would import 1 of 3\n")
	if n := strings.Count(h.out.String(), "  import  new "); n != 3 {
		t.Errorf("the plan shows %d messages, want 3\n%s", n, &h.out)
	}
	h.expect(0, "run", "-n", "--limit", "3")
	h.expectPrinted("would import 3\n")
	h.expectInGmail(0)
}

// A message that was set aside comes last; the limit isn't raised for it.
func TestLimitHoldsForMessagesSetAside(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	box.Add("bad", mail("bad", "x\r\n"))
	h.setPOPFault(strike("RETR", "bad", pop3test.Fault{Kind: pop3test.Close}))
	h.expect(69, "run")
	h.expectInGmail(0)
	h.setPOPFault(nil)
	box.Add("good1", mail("good1", "good 1\r\n"))
	box.Add("good2", mail("good2", "good 2\r\n"))
	h.pop.ResetCounters()
	h.expect(0, "run", "--limit", "1")
	h.expectBodies("good 1")
	h.expectSent("RETR", 1)
	h.expect(0, "run", "--limit", "1")
	h.expectBodies("good 1", "good 2")
	h.expect(0, "run", "--limit", "1")
	h.expectBodies("good 1", "good 2", "x")
	h.expectSent("RETR", 3)
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

func TestOversizeUnderAReusedUIDIsRefusedOnce(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `skip_larger = "2KB"`)
	box.Add("1", mail("small", "x\r\n"))
	h.expect(0, "run")
	box.Remove("1")
	box.Add("1", mail("big", strings.Repeat("0123456789\r\n", 500)))
	h.pop.ResetCounters()
	h.expect(65, "run")
	h.expectSaid("popbridge: shop: UID 1, 6.1 kB, is refused and stays on the provider: too-large\n")
	h.expectStatuses(map[string]int{"imported": 1, "refused": 1})
	for range 2 {
		h.expect(0, "run")
		h.expectSilence()
	}
	h.expectSent("RETR", 0)
	h.expectLeft(box, 1)
	h.expectInGmail(1)
}
