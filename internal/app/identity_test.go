package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

func fill(box *pop3test.Mailbox, n int) {
	for i := range n {
		box.Add(fmt.Sprintf("uid%d", i), mail(fmt.Sprintf("m%d", i), strings.Repeat("x", i)+"\r\n"))
	}
}

func (h *harness) expectInGmail(n int) {
	h.t.Helper()
	if got := len(h.gmail.Messages(h.address)); got != n {
		h.t.Fatalf("Gmail has %d messages, want %d\nstderr: %s", got, n, &h.err)
	}
}

func (h *harness) expectLeft(box *pop3test.Mailbox, n int) {
	h.t.Helper()
	if got := len(box.UIDs()); got != n {
		h.t.Fatalf("%d messages are left on the provider, want %d\nstderr: %s", got, n, &h.err)
	}
}

func TestRenumberedMailboxIsNotImportedAgain(t *testing.T) {
	for _, noTOP := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTOP })
		box := h.account("shop", `retention = "14d"`)
		fill(box, 12)
		h.expect(0, "run")
		box.RenumberAll(func(i int, _ string) string { return fmt.Sprintf("new-%d", 100-i) })
		box.Add("really-new", mail("fresh", "fresh\r\n"))
		h.expect(0, "run")
		h.expectInGmail(13)
		h.advance(15 * 24 * time.Hour)
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectInGmail(13)
	}
}

func TestSwappedUIDsAreNotImportedAgain(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "14d"`)
	fill(box, 6)
	h.expect(0, "run")
	box.RenumberAll(func(i int, _ string) string { return fmt.Sprintf("uid%d", (i+1)%6) })
	h.expect(0, "run")
	h.expectInGmail(6)
	h.advance(15 * 24 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(6)
}

func TestReusedUIDIsImported(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "14d"`)
	fill(box, 3)
	h.expect(0, "run")
	box.Remove("uid1")
	box.Add("uid1", mail("other", "quite another one\r\n"))
	h.expect(0, "run")
	h.expectInGmail(4)
	h.advance(15 * 24 * time.Hour)
	h.expect(0, "run")
	h.expectInGmail(4)
}

func TestNoUIDL(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoUIDL = true })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	box.Add("twin", mail("m1", "x\r\n"))
	h.expect(0, "run")
	h.expectInGmail(6)
	h.expect(0, "run")
	h.expectInGmail(6)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(6)
}

func TestNeitherUIDLNorTOP(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoUIDL, s.pop.NoTOP = true, true })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(78, "run")
	h.expectInGmail(0)
	h.tables = nil
	h.table("shop", `password = "secret of shop"`, `retention = "0"`)
	h.expect(0, "run")
	h.expectInGmail(5)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(5)
}

func TestDoubledUIDs(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 4)
	box.EditListing(func(kind string, lines []string) []string {
		if kind == "UIDL" {
			for i, l := range lines {
				lines[i] = strings.ReplaceAll(l, "uid2", "uid1")
			}
		}
		return lines
	})
	h.expect(0, "run")
	h.expectInGmail(4)
	h.expect(0, "run")
	h.expectInGmail(4)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
}

func TestOneMessageIDTwoMessages(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	box.Add("a", mail("same", "one\r\n"))
	box.Add("b", mail("same", "two\r\n"))
	box.Add("c", mail("same", "two\r\n"))
	h.expect(0, "run")
	h.expectInGmail(3)
}

func TestExpireZero(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.Expire = "0" })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(0, "run")
	h.expectInGmail(5)
	h.expectLeft(box, 5)
	h.advance(25 * time.Hour)
	box.Add("later", mail("later", "later\r\n"))
	h.expect(0, "run")
	h.expectInGmail(6)
	h.expectLeft(box, 1)
}

func TestDoubtIsSettledByALook(t *testing.T) {
	for _, committed := range []bool{true, false} {
		h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
		h.gmailExtra += "\naccess = \"verify\""
		box := h.account("shop")
		fill(box, 3)
		stage := gmailtest.StageAnswer
		if !committed {
			stage = gmailtest.StageCommit
		}
		h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, stage, gmailtest.Cut()))
		h.expect(75, "run")
		h.expectSilence()
		h.gmail.SetFault(nil)
		h.advance(30 * time.Second)
		h.run("run")
		h.advance(150 * time.Second)
		h.expect(0, "run")
		h.expectInGmail(3)
	}
}

func TestMessageThatBreaksTheSession(t *testing.T) {
	h := newHarness(t, func(s *setup) {
		s.pop.Fault = func(e pop3test.Event) pop3test.Fault {
			if e.Command == "RETR" && e.UID == "uid2" {
				return pop3test.Fault{Kind: pop3test.Cut, N: 40}
			}
			return pop3test.Fault{}
		}
	})
	box := h.account("shop", `retention = "1d"`)
	fill(box, 6)
	h.expect(69, "run")
	h.expectInGmail(5)
	if !strings.Contains(h.err.String(), "uid2") {
		t.Errorf("it doesn't name the message: %s", &h.err)
	}
	h.advance(25 * time.Hour)
	box.Add("later", mail("later", "later\r\n"))
	h.expect(69, "run")
	h.expectInGmail(6)
	h.expectLeft(box, 2)
}

func TestShortBodyIsFetchedAgain(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	size := int64(5000)
	box.AddMessage(pop3test.Message{UID: "lies", Raw: mail("lies", "short\r\n"), ListSize: &size})
	box.Add("true", mail("true", "body\r\n"))
	h.expect(0, "run")
	h.expectInGmail(2)
}

func TestTOPThatDiffersIsUnused(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	for i := range 4 {
		raw := mail(fmt.Sprintf("t%d", i), "body\r\n")
		box.AddMessage(pop3test.Message{UID: fmt.Sprintf("t%d", i), Raw: raw, TopHeader: append([]byte("X-Extra: 1\r\n"), raw...)})
	}
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(4)
}
