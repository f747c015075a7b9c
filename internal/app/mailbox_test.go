package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// correct rewrites the table of the one account.
func (h *harness) correct(old, replacement string) {
	h.t.Helper()
	h.tables[0] = strings.ReplaceAll(h.tables[0], old, replacement)
	h.configure()
}

func TestAccountPointedAtAnotherUsersMailboxIsRefused(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop", `retention = "0"`), 2)
	h.expect(0, "run")
	other := h.pop.AddMailbox("other", "secret of shop")
	other.Add("o", mail("o", "other\r\n"))
	h.correct(`user = "shop"`, `user = "other"`)
	h.pop.ResetCounters()
	h.expect(78, "run")
	h.expectSaid("account shop was the mailbox shop@", "and is now other@", "hint: ", "popbridge state move shop shop-old")
	h.expect(78, "run")
	h.expectSilence()
	if n := h.pop.Sessions(); n != 0 {
		t.Errorf("it opened %d sessions with the other mailbox", n)
	}
	h.expectInGmail(2)
	h.expect(0, "state", "move", "shop", "shop-old")
	h.expect(0, "run")
	h.expectInGmail(3)
}

// The mailbox is the same one: what it holds is known.
func TestLoginNameThatChangedIsAcceptedByStateMove(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 2)
	h.expect(0, "run")
	renamed := h.pop.AddMailbox("shop@example.net", "secret of shop")
	for _, m := range box.Messages() {
		renamed.AddMessage(m)
	}
	h.correct(`user = "shop"`, `user = "shop@example.net"`)
	h.expect(78, "run")
	h.expectSaid("popbridge state move shop shop\n")
	h.expect(0, "state", "move", "shop", "shop")
	h.expectPrinted("shop takes up its mailbox as configured")
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(2)
}

func TestProviderThatMovedItsHostIsAccepted(t *testing.T) {
	h := newHarness(t)
	old := h.account("shop", `retention = "14d"`)
	fill(old, 4)
	h.expect(0, "run")
	h.startPOP(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true, Now: h.now})
	h.tables = nil
	box := h.account("shop", `retention = "14d"`)
	h.correct(h.pop.Host(), "localhost")
	for i, m := range old.Messages() {
		box.Add(fmt.Sprintf("moved-%d", i), m.Raw)
	}
	box.Add("new", mail("new", "new\r\n"))
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(5)
	if n := h.pop.Sessions(); n != 1 {
		t.Errorf("%d sessions with the new host, want 1", n)
	}
	h.advance(15 * aDay)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectLeft(old, 4)
	h.expectInGmail(5)
}

// A name that never opened a mailbox stands for none.
func TestMistypedUserCanBeCorrected(t *testing.T) {
	h := newHarness(t)
	box := h.pop.AddMailbox("right", "pw")
	fill(box, 1)
	h.table("typo", `password = "pw"`)
	h.expect(77, "run")
	h.expectSaid("hint: check user and password of account typo")
	h.correct(`user = "typo"`, `user = "right"`)
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(1)
}
