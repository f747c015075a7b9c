package app_test

import (
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// Two identical messages that were listed at once are two, also where the one
// is gone before the other is imported.
func TestIdenticalMessagesListedAtOnce(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "0"`)
	box.Add("one", mail("same", "same\r\n"))
	box.Add("two", mail("same", "same\r\n"))
	unavailable := pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR not now\r\n")}
	h.setPOPFault(strike("RETR", "two", unavailable))
	h.expect(69, "run") // one is imported
	h.expect(69, "run") // and deleted
	h.expectLeft(box, 1)
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectInGmail(2)
}
