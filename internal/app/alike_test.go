package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// report is one of a machine's messages, which have one header.
func report(body string) []byte {
	return []byte("From: cron@example.com\r\nSubject: report\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\n\r\n" + body + "\r\n")
}

// A UID made of the header stands for each of a machine's reports in turn.
// Without a Message-ID their headers tell nothing.
func TestReusedUIDOfAMessageWithTheSameHeader(t *testing.T) {
	for name, second := range map[string]string{"another size": "a longer second", "the same size": "other"} {
		for _, between := range []bool{true, false} {
			if name == "the same size" && !between {
				continue // nothing tells, not even the listing
			}
			t.Run(name, func(t *testing.T) {
				h := newHarness(t)
				box := h.account("shop", `retention = "1d"`)
				box.Add("0", mail("0", "x\r\n"))
				h.expect(0, "run")
				box.Add("h1", report("first"))
				h.expect(0, "run")
				box.Remove("h1")
				if between {
					h.expect(0, "run")
				}
				box.Add("h1", report(second))
				h.expect(0, "run")
				h.expectSilence()
				h.expectBodies("x", "first", second)
				h.advance(25 * time.Hour)
				for range 2 {
					h.expect(0, "run")
				}
				h.expectLeft(box, 0)
				h.expectBodies("x", "first", second)
			})
		}
	}
}

// A server may have a user of the same name whose mail is another's.
func TestAccountPointedAtAnotherHostIsRefused(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop"), 3)
	h.expect(0, "run")
	h.startPOP(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true, Now: h.now})
	h.tables = nil
	box := h.account("shop")
	box.Add("a", mail("a", "of somebody else\r\n"))
	h.expect(78, "run")
	h.expectSaid("popbridge state move shop shop-old", "popbridge state move shop shop\n")
	h.expect(78, "run")
	h.expectInGmail(3)
	h.expect(0, "state", "move", "shop", "shop")
	h.expect(0, "run")
	h.expectInGmail(4)
}

// A dry run can't ask Gmail the time, and says what depends on it.
func TestDryRunAfterAClockJump(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "14d"`)
	fill(box, 2)
	h.expect(0, "run")
	h.advance(20 * aDay)
	h.expect(0, "run", "-n")
	h.expectPrinted("would delete 2", "but the clock jumped since the last run")
}

// A clock that was ahead by no more than may pass between two runs shows by
// what was imported under it.
func TestDryRunAfterImportsUnderAClockThatWasAhead(t *testing.T) {
	w := newWrongClock(t)
	w.jump(47 * time.Hour)
	fill(w.box, 1)
	w.expect(0, "run")
	w.jump(46 * time.Hour)
	w.expect(0, "run", "--dry-run")
	w.expectPrinted("but the clock jumped since the last run")
}

// What a server repeats of a request is not told.
func TestTokenThatGmailRepeats(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop"), 1)
	token := h.gmail.TokenJSON(h.address, gmailtest.ScopeInsert, gmailtest.ScopeLabels)
	h.write("token.json", token)
	_, rest, _ := strings.Cut(string(token), `"access_token":`)
	access := strings.Split(rest, `"`)[1]
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageCommit, gmailtest.Refuse(403, "forbidden", "no: Bearer "+access+" may not")))
	h.expect(77, "run", "-v")
	h.expectSaid("Bearer *** may not", "hint: ")
	told := h.err.String()
	h.expect(0, "status", "--json")
	if strings.Contains(told+h.out.String(), access) {
		t.Error("the token is told")
	}
}
