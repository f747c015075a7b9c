package app_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestMessageThatBreaksTheSession(t *testing.T) {
	h := newHarness(t)
	h.setPOPFault(strike("RETR", "uid2", pop3test.Fault{Kind: pop3test.Cut, N: 40}))
	box := h.account("shop", `retention = "1d"`)
	fill(box, 6)
	h.expect(69, "run")
	h.expectInGmail(5)
	h.expectSaid("uid2")
	h.advance(25 * time.Hour)
	box.Add("later", mail("later", "later\r\n"))
	h.expect(69, "run")
	h.expectInGmail(6)
	h.expectLeft(box, 2)
}

func TestRefusedQuitKeepsTrying(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	h.setPOPFault(strike("QUIT", "", pop3test.Fault{Kind: pop3test.DoneClose}))
	h.expect(69, "run")
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(5)
}

// moreThanTheSpool is a number of messages too many for the spool, which
// holds 128 that are large enough for a file.
const moreThanTheSpool = 140

func fillTheSpool(box *pop3test.Mailbox) {
	body := strings.Repeat(strings.Repeat("0123456789", 7)+"\r\n", 1000)
	for i := range moreThanTheSpool {
		box.Add(fmt.Sprintf("uid%d", i), mail(fmt.Sprintf("m%d", i), body))
	}
}

func TestMailboxIsLeftWhileGmailIsWaitedFor(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fillTheSpool(box)
	var inVain atomic.Bool
	left := make(chan struct{})
	leave := sync.OnceFunc(func() { close(left) })
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "QUIT" {
			leave()
		}
		return pop3test.Fault{}
	})
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind != gmailtest.KindImport || r.Stage != gmailtest.StageBefore {
			return nil
		}
		select {
		case <-left:
		case <-time.After(10 * time.Second):
			inVain.Store(true)
			leave()
		}
		return nil
	})
	h.expect(0, "run")
	h.expectSilence()
	if inVain.Load() {
		t.Error("the mailbox was kept open while Gmail was waited for")
	}
	h.expectInGmail(moreThanTheSpool)
	if n := h.pop.Sessions(); n != 2 {
		t.Errorf("%d sessions, want one for what the spool holds and one for the rest", n)
	}
	h.expectSent("RETR", moreThanTheSpool)
}

// Some servers announce another size once a message was retrieved. A session
// must not write a row anew whose import, begun in an earlier one, is under
// way: the acknowledgement would be lost.
func TestLaterSessionLeavesRowsOfImportsUnderWayAlone(t *testing.T) {
	const messages, breaking = 40, 5
	h := newHarness(t, func(s *setup) { s.gmail.Fold, s.gmail.Latency = false, 5*time.Millisecond })
	box := h.account("shop")
	fill(box, messages)
	var session atomic.Int64
	broken := map[string]bool{} // asked by one session at a time
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		session.Store(int64(e.Session))
		if e.Command != "RETR" || e.Number%breaking != 0 || broken[e.UID] {
			return pop3test.Fault{}
		}
		broken[e.UID] = true
		return pop3test.Fault{Kind: pop3test.Cut, N: 40}
	})
	box.EditListing(func(kind string, lines []string) []string {
		for i, line := range lines {
			var number string
			var size int64
			if n, err := fmt.Sscan(line, &number, &size); kind == "LIST" && n == 2 && err == nil {
				lines[i] = fmt.Sprintf("%s %d", number, size-session.Load())
			}
		}
		return lines
	})
	h.expect(0, "run")
	h.expectSilence()
	if n := h.pop.Sessions(); n <= messages/breaking {
		t.Errorf("%d sessions, of which %d should have broken", n, messages/breaking)
	}
	h.expectStatuses(map[string]int{"imported": messages})
	h.gmail.ResetCounters()
	h.expect(0, "run")
	h.expectSilence()
	if n := len(h.gmail.Requests()); n != 0 {
		t.Errorf("%d requests of Gmail for mail that it has", n)
	}
	h.expectInGmail(messages)
}
