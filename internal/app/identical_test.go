package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// A copy that comes when the first is due is another message, and costs no
// more than a look at both.
func TestCopyOfWhatIsDueIsImported(t *testing.T) {
	for noTop, most := range map[bool]int{false: 2, true: 3} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP, s.gmail.Fold = noTop, false })
		box := h.account("shop", `retention = "1d"`)
		fill(box, 1)
		h.expect(0, "run")
		h.advance(25 * time.Hour)
		box.Add("copy", mail("m0", "\r\n"))
		h.pop.ResetCounters()
		h.expect(0, "run")
		h.expectSilence()
		h.expectInGmail(2)
		h.expectLeft(box, 1)
		h.expectSpent(2, most)
	}
}

func TestManyCopiesCostOneLookEach(t *testing.T) {
	const messages = 5
	h := newHarness(t)
	box := h.account("shop")
	fill(box, messages)
	h.expect(0, "run")
	for i := range messages {
		box.Add(fmt.Sprintf("copy%d", i), mail(fmt.Sprintf("m%d", i), strings.Repeat("x", i)+"\r\n"))
	}
	h.pop.ResetCounters()
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(2 * messages)
	h.expectSpent(2, 2*messages)
}

// expectSpent bounds what was asked of the POP3 server since its counters were
// reset.
func (h *harness) expectSpent(sessions, retrs int) {
	h.t.Helper()
	if s, n := h.pop.Sessions(), h.sent("RETR"); s > sessions || n > retrs {
		h.t.Errorf("%d sessions and %d RETRs, want at most %d and %d", s, n, sessions, retrs)
	}
}
