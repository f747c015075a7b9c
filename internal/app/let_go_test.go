package app_test

import (
	"slices"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestDropLetsAnAdoptedMessageGo(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 2)
	h.expect(0, "adopt", "shop")
	h.expectPrinted("shop: adopted 2 messages")
	h.expect(0, "drop", "--yes", "shop", "uid0")
	h.expectPrinted("shop: the next run deletes 1 message from the provider")
	h.expectLeft(box, 2)
	h.expect(0, "run")
	h.expectSilence()
	if left := box.UIDs(); !slices.Equal(left, []string{"uid1"}) {
		t.Errorf("left are %q, want uid1", left)
	}
	h.expectInGmail(0)
}

// A message that breaks sessions is still to be imported; nobody has said
// that it never will be.
func TestDropOfAMessageSetAsideIsRefused(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	box.Add("bad", mail("bad", "x\r\n"))
	h.setPOPFault(strike("RETR", "bad", pop3test.Fault{Kind: pop3test.Close}))
	h.expect(69, "run")
	h.expectSaid("set aside")
	h.expect(64, "drop", "--yes", "shop", "bad")
	h.expectSaid("UID bad of shop is pending")
	h.expect(69, "run")
	h.expectLeft(box, 1)
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectInGmail(1)
	h.expectLeft(box, 1)
}
