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

// hold has all imports from number on wait for a step of a POP3 session, at
// which then is called.
type hold struct {
	number, session int
	command         string
	then            func()
	// pace is how long each of them takes from then on.
	pace time.Duration
}

// holdImports gives a function that tells whether an import waited in vain.
func (h *harness) holdImports(holds ...hold) (inVain func() bool) {
	var late atomic.Bool
	reached := make([]chan struct{}, len(holds))
	letGo := make([]func(), len(holds))
	for i, o := range holds {
		reached[i] = make(chan struct{})
		letGo[i] = sync.OnceFunc(func() { o.then(); close(reached[i]) })
	}
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		for i, o := range holds {
			if e.Session == o.session && e.Command == o.command {
				letGo[i]()
			}
		}
		return pop3test.Fault{}
	})
	h.gmail.SetFault(func(r gmailtest.Request) (f *gmailtest.Fault) {
		for i, o := range holds {
			if r.Kind != gmailtest.KindImport || r.Stage != gmailtest.StageBefore || r.Nth < o.number {
				continue
			}
			select {
			case <-reached[i]:
			case <-time.After(10 * time.Second):
				late.Store(true)
				letGo[i]()
			}
			f = gmailtest.Delayed(o.pace)
		}
		return f
	})
	return late.Load
}

func TestMailboxIsLeftWhileGmailIsWaitedFor(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fillTheSpool(box)
	inVain := h.holdImports(hold{1, 1, "QUIT", func() {}, 0})
	h.expect(0, "run")
	h.expectSilence()
	if inVain() {
		t.Error("the mailbox was kept open while Gmail was waited for")
	}
	h.expectInGmail(moreThanTheSpool)
	if n := h.pop.Sessions(); n != 2 {
		t.Errorf("%d sessions, want one for what the spool holds and one for the rest", n)
	}
	h.expectSent("RETR", moreThanTheSpool)
}

// Some servers announce another size once a message was retrieved. A second
// session must not write a row anew whose import is under way.
func TestSecondSessionLeavesRowsOfImportsUnderWayAlone(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	box := h.account("shop")
	fillTheSpool(box)
	// The second session begins when half of the spool is free, and the other
	// imports end while its listing is worked on.
	inVain := h.holdImports(hold{1, 1, "QUIT", func() {}, 0},
		hold{80, 2, "LIST", func() { box.EditListing(oneOctetLess) }, 10 * time.Millisecond})
	h.expect(0, "run")
	h.expectSilence()
	if inVain() {
		t.Error("there was no second session while imports were under way")
	}
	h.setPOPFault(nil)
	h.gmail.SetFault(nil)
	h.expectStatuses(map[string]int{"imported": moreThanTheSpool})
	h.gmail.ResetCounters()
	h.expect(0, "run")
	h.expectSilence()
	if n := len(h.gmail.Requests()); n != 0 {
		t.Errorf("%d requests of Gmail for mail that it has", n)
	}
	h.expectInGmail(moreThanTheSpool)
}

// oneOctetLess has LIST announce each message as one octet smaller.
func oneOctetLess(kind string, lines []string) []string {
	for i, line := range lines {
		var number string
		var size int
		if n, err := fmt.Sscan(line, &number, &size); kind == "LIST" && n == 2 && err == nil {
			lines[i] = fmt.Sprintf("%s %d", number, size-1)
		}
	}
	return lines
}
