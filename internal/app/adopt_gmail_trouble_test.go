package app_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/app"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// fetched fills a mailbox with n messages that Gmail has.
func (h *harness) fetched(box *pop3test.Mailbox, n int) {
	h.t.Helper()
	fill(box, n)
	for _, m := range box.Messages() {
		h.arrive(m.Raw)
	}
}

// from strikes the requests of a kind at a stage from the nth on.
func from(nth int, kind string, stage gmailtest.Stage, f *gmailtest.Fault) func(gmailtest.Request) *gmailtest.Fault {
	return func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind != kind || r.Stage != stage || r.Nth < nth {
			return nil
		}
		return f
	}
}

// imported counts the rows of imported messages.
func (h *harness) imported() int {
	h.t.Helper()
	h.expect(0, "state", "export")
	return strings.Count(h.out.String(), `"status":"imported"`)
}

func TestAdoptInGmailGoesOnWhereItWasBroken(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop", `retention = "14d"`)
	h.fetched(box, 40)
	h.gmail.ResetCounters()
	h.gmail.SetFault(from(15, gmailtest.KindGet, gmailtest.StageBefore, gmailtest.Unavailable()))
	h.expect(69, "adopt", "shop", "--in-gmail")
	h.expectSaid("shop: messages.get: HTTP 503")
	h.expectPrinted(" of 40 as imported before it ended; the same command goes on with the rest")
	h.gmail.SetFault(nil)
	before := h.imported()
	if before == 0 || before > 14 {
		t.Errorf("%d are recorded, want 1 to 14", before)
	}
	h.gmail.ResetCounters()
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted(fmt.Sprintf("Gmail has %d of %d messages: recorded as imported; %d known before", 40-before, 40-before, before))
	if got := h.gmail.Counts()[gmailtest.KindGet]; got != 40-before {
		t.Errorf("it asked for %d messages, want %d", got, 40-before)
	}
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(40)
}

func TestAdoptInGmailInterrupted(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	h.fetched(box, 40)
	ctx, interrupt := context.WithCancelCause(t.Context())
	defer interrupt(nil)
	h.gmail.ResetCounters()
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind == gmailtest.KindGet && r.Stage == gmailtest.StageBefore && r.Nth == 10 {
			interrupt(app.Signalled{Signal: syscall.SIGINT})
		}
		return nil
	})
	if code := h.runWith(ctx, io.Discard, "adopt", "shop", "--in-gmail"); code != 130 {
		t.Fatalf("exit %d, want 130\n%s", code, &h.err)
	}
	h.gmail.SetFault(nil)
	if got := h.gmail.Counts()[gmailtest.KindGet]; got >= 10+4 {
		t.Errorf("it went on to ask for %d messages", got)
	}
	before := h.imported()
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted(fmt.Sprintf("Gmail has %d of %d messages", 40-before, 40-before))
	h.expectStatuses(map[string]int{"imported": 40})
}

func TestAdoptInGmailWaitsForTheQuota(t *testing.T) {
	for name, f := range map[string]*gmailtest.Fault{"429": gmailtest.RateLimited(""), "503": gmailtest.Unavailable(),
		"cut": gmailtest.Cut(), "half an answer": gmailtest.Truncated()} {
		t.Run(name, func(t *testing.T) {
			h := newVerifying(t)
			h.fetched(h.account("shop"), 12)
			h.gmail.SetFault(gmailtest.Either(gmailtest.Times(2, gmailtest.KindList, gmailtest.StageAnswer, f),
				gmailtest.Times(2, gmailtest.KindGet, gmailtest.StageAnswer, f)))
			h.expect(0, "adopt", "shop", "--in-gmail")
			h.expectPrinted("Gmail has 12 of 12 messages")
		})
	}
}

// TestAdoptInGmailWithinTheQuota: it is paced within what is configured, and
// Gmail never has to say that it is too much.
func TestAdoptInGmailWithinTheQuota(t *testing.T) {
	const units = 600
	h := newVerifying(t, func(s *setup) { s.gmail.UnitsPerMinute, s.speed = units, 200 })
	h.gmailExtra = fmt.Sprintf("units_per_minute = %d\naccess = \"verify\"", units)
	box := h.account("shop")
	fill(box, 40)
	h.gmail.ResetCounters()
	for i, m := range box.Messages() {
		if i%4 == 0 {
			h.arrive(m.Raw)
		}
	}
	h.advance(aDay / 24) // what arrived cost units, too
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 10 of 40 messages")
	for _, r := range h.gmail.Requests() {
		if r.Status == 429 {
			t.Fatalf("Gmail refused a request for the quota")
		}
	}
}

// Where Gmail can't be searched, the mailbox isn't read in vain.
func TestAdoptInGmailAsksGmailFirst(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(h *harness)
		code int
		says []string
	}{
		"down": {func(h *harness) {
			h.gmail.SetFault(from(1, gmailtest.KindList, gmailtest.StageBefore, gmailtest.Unavailable()))
		}, 69, []string{"HTTP 503"}},
		"quota": {func(h *harness) {
			h.gmail.SetFault(from(1, gmailtest.KindList, gmailtest.StageBefore, gmailtest.RateLimited("3600")))
		}, 75, []string{"HTTP 429"}},
		"access": {func(h *harness) { h.gmailExtra = ""; h.configure() }, 78,
			[]string{"its access is \"insert\"", "hint: set access = \"verify\"", "popbridge login default"}},
		"scope": {func(h *harness) {
			h.write("token.json", h.gmail.TokenJSON(h.address, gmailtest.ScopeInsert, gmailtest.ScopeLabels))
		}, 77, []string{"hint: popbridge login default"}},
		"token": {func(h *harness) { h.gmail.Revoke(h.address) }, 77, []string{"hint: ", " login default"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newVerifying(t)
			h.fetched(h.account("shop"), 2)
			c.set(h)
			h.expect(c.code, "adopt", "shop", "--in-gmail")
			h.expectSaid(c.says...)
			if h.out.Len() > 0 || h.pop.Sessions() > 0 {
				t.Errorf("it opened %d sessions, and printed %q", h.pop.Sessions(), &h.out)
			}
		})
	}
}

// TestMailboxIsFreeWhileGmailIsAsked: other devices must get at it.
func TestMailboxIsFreeWhileGmailIsAsked(t *testing.T) {
	h := newVerifying(t, func(s *setup) { s.pop.LockMailbox = true })
	h.fetched(h.account("shop"), 5)
	var early []string
	h.gmail.ResetCounters()
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		first := r.Kind == gmailtest.KindProfile || r.Kind == gmailtest.KindList && r.Nth == 1 // before the mailbox is opened
		if !first && !slices.Contains(h.pop.Commands(), "QUIT") {
			early = append(early, r.Kind)
		}
		return nil
	})
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 5 of 5 messages")
	if len(early) > 0 {
		t.Errorf("before QUIT it asked Gmail for %q", early)
	}
	h.expectSent("DELE", 0)
	h.expectSent("RETR", 5)
}

// A server that deletes at QUIT what was retrieved is left without one.
func TestAdoptFromAServerThatDeletesWhatIsRetrieved(t *testing.T) {
	h := newVerifying(t, func(s *setup) { s.pop.Expire = "0" })
	box := h.account("shop", `retention = "14d"`)
	h.fetched(box, 5)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 5 of 5 messages")
	h.expectSent("QUIT", 0)
	h.expectLeft(box, 5)
}

// A message that breaks sessions doesn't keep the others from being found.
func TestAdoptInGmailPassesOverWhatBreaksSessions(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	h.fetched(box, 6)
	h.setPOPFault(strike("RETR", "uid2", pop3test.Fault{Kind: pop3test.Close}))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 5 of 6 messages", "1 is not known to be there: not retrieved 1")
	h.setPOPFault(nil)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 1 of 1 message")
}

// Where all of them break sessions, what was read until then counts.
func TestAdoptInGmailOfAMailboxThatBreaksOff(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	h.fetched(box, 6)
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "RETR" && e.Number > 2 {
			return pop3test.Fault{Kind: pop3test.Cut, N: 60}
		}
		return pop3test.Fault{}
	})
	h.expect(69, "adopt", "shop", "--in-gmail")
	h.expectSaid("shop: fetch UID uid4 of shop")
	h.expectPrinted("shop: recorded 2 messages of 5 as imported")
	h.expectStatuses(map[string]int{"imported": 2, "pending": 4})
	h.expectLeft(box, 6)
}

// A refusal of one message is no reason to leave the others.
func TestAdoptInGmailOfWhatTheProviderWontGive(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	h.fetched(box, 3)
	h.setPOPFault(strike("RETR", "uid1", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR no\r\n")}))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 2 of 3 messages", "not retrieved 1", "1 other will be imported by the next run")
}

// A Message-ID that Gmail can't read doesn't end the search for others.
func TestAdoptInGmailOfAnOddMessageID(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	box.Add("odd", mail(`a"b (c)`, "x\r\n"))
	box.Add("unread", mail("unread", "x\r\n"))
	h.fetched(box, 3)
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind == gmailtest.KindList && strings.Contains(r.Query, "unread") {
			return gmailtest.Refuse(400, "invalidArgument", "Invalid query")
		}
		return nil
	})
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 3 of 5 messages", "no Message-ID to search by 2")
}

func TestAdoptInGmailShowsItselfAtATerminal(t *testing.T) {
	h := newVerifying(t)
	h.terminal = app.NewTerminal(80, 24)
	h.fetched(h.account("shop"), 20)
	held := make(chan struct{})
	answered := 0
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault { // called one at a time
		if r.Kind == gmailtest.KindGet && r.Stage == gmailtest.StageBefore {
			if answered++; answered == 5 {
				<-held
			}
		}
		return nil
	})
	code := h.inBackground(t.Context(), &h.out, "adopt", "shop", "--in-gmail")
	// Of those before, the last may be held up on its way back.
	h.await(`(?m)^shop +[1-4]/20 \[=*>-+\] .*looking into Gmail$`)
	close(held)
	if got := code(); got != 0 || h.terminal.Text() != "" {
		t.Errorf("exit %d, and it leaves\n%s", got, h.terminal.Text())
	}
	h.expectPrinted("Gmail has 20 of 20 messages")
}

// What says that Gmail has other content survives a refusal and a retry, and
// the state's way out and back in.
func TestOtherContentInGmailIsNeverFoldedInto(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop", `retention = "0"`)
	box.Add("b", mail("m", "B\r\n"))
	h.arrive(mail("m", "A\r\n"))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("other content 1")
	h.expect(0, "state", "export")
	h.stdin = h.out.String()
	h.expect(0, "state", "import")
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindInsert, gmailtest.StageCommit, gmailtest.Refuse(400, "invalidArgument", "Invalid attachment")))
	h.expect(65, "run")
	h.gmail.SetFault(nil)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expect(0, "retry", "shop")
	h.expect(0, "run")
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectBodies("A", "B")
}
