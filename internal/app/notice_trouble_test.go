package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// expectTold looks for texts in the one notice, and for some that it mustn't
// have.
func (h *harness) expectTold(want []string, unwanted ...string) {
	h.t.Helper()
	_, _, text := h.notice()
	for _, w := range want {
		if !strings.Contains(text, w) {
			h.t.Errorf("the notice doesn't say %q:\n%s", w, text)
		}
	}
	for _, u := range unwanted {
		if strings.Contains(text, u) {
			h.t.Errorf("the notice says %q:\n%s", u, text)
		}
	}
}

// A notice that still waits when a person has acted would ask for what is
// done.
func TestNoticeOfWhatWasSettledMeanwhileIsNotBrought(t *testing.T) {
	for _, c := range []struct {
		name         string
		act          []string
		gmail, stays int
	}{
		{"retried", []string{"retry", "shop"}, 1, 1},
		{"dropped", []string{"drop", "shop", "u1", "--yes"}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			box := waitingNotice(h)
			h.gmail.SetFault(nil)
			h.expect(0, c.act...)
			for _, run := range [][]string{{"run", "--no-delete"}, {"run"}} {
				h.expect(0, run...)
				h.expectSilence()
				h.expectNotices(0)
			}
			h.expectInGmail(c.gmail)
			h.expectLeft(box, c.stays)
		})
	}
}

// A retry that comes to nothing settles nothing: refused once more, the
// message still has its notice to come.
func TestNoticeOutlastsARetryInVain(t *testing.T) {
	h := newHarness(t)
	waitingNotice(h)
	h.expect(0, "retry", "shop")
	h.setPOPFault(strike("RETR", "u1", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR not now\r\n")}))
	h.expect(69, "run")
	h.expectNotices(0)
	h.setPOPFault(nil)
	h.expect(65, "run")
	h.expect(0, "run")
	h.expectNotices(1)
	h.expectTold([]string{"popbridge save shop u1 "})
}

// What was refused unseen is known by its header, under whatever UID.
func TestNoticeIsNotRepeatedAfterRenumbering(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `skip_larger = "300B"`)
	box.Add("u0", mail("m0", "x\r\n"))
	box.Add("big", mail("big", strings.Repeat("x", 400)+"\r\n"))
	h.expect(65, "run")
	h.expectNotices(1)
	h.expect(0, "run")
	box.RenumberAll(func(_ int, old string) string { return "new" + old })
	h.expect(0, "run")
	h.expectSilence()
	h.expectNotices(1)
	h.expectStatuses(map[string]int{"imported": 1, "refused": 1})
}

// Hours in which Gmail takes nothing at all are no refusals of the notice.
func TestNoticeIsNotGivenUpForARateLimit(t *testing.T) {
	h := newHarness(t)
	refused(h, h.account("shop"), "u1")
	tries := 0
	h.gmail.SetFault(onNotices(gmailtest.StageCommit, func() *gmailtest.Fault {
		tries++
		switch {
		case tries <= noticeTries:
			return gmailtest.Refuse(403, "rateLimitExceeded", "Rate Limit Exceeded")
		case tries == noticeTries+1:
			return gmailtest.Refuse(400, "badRequest", "Bad Request")
		}
		return nil
	}))
	for range noticeTries {
		h.expect(75, "run")
		h.advance(10 * time.Minute)
	}
	h.expect(0, "run")
	h.expectNotices(0)
	h.expect(0, "run")
	h.expectSilence()
	h.expectNotices(1)
}

// noticeTries is how many refusals for no known reason give a notice up.
const noticeTries = 5

// The commands in a notice are to work when it is read, so it goes by what is
// so when it is brought.
func TestNoticeGoesByWhatIsSoWhenItIsBrought(t *testing.T) {
	for name, c := range map[string]struct {
		change         func(h *harness, box *pop3test.Mailbox)
		want, unwanted string
	}{
		"account renamed": {func(h *harness, _ *pop3test.Mailbox) {
			h.expect(0, "state", "move", "shop", "store")
			h.correct(`name = "shop"`, `name = "store"`)
		}, "popbridge save store u1 ", "shop u1"},
		"UID changed": {func(_ *harness, box *pop3test.Mailbox) {
			box.RenumberAll(func(_ int, old string) string { return "new" + old })
		}, "popbridge save shop newu1 ", "shop u1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			box := waitingNotice(h)
			c.change(h, box)
			h.expect(0, "run")
			h.expectSilence()
			h.expectTold([]string{c.want}, c.unwanted)
		})
	}
}

// Without its UID a message is found by what it is, not as just any that is
// refused; one that is gone has nobody look for it.
func TestNoticeOfAMessageThatIsGoneIsNotBrought(t *testing.T) {
	for _, noTop := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTop })
		box := h.account("shop", `skip_larger = "300B"`)
		large := strings.Repeat("x", 400) + "\r\n"
		box.Add("stays", mail("stays", large))
		h.expect(65, "run")
		h.expectNotices(1)
		box.Add("goes", mail("goes", large+large))
		h.gmail.SetFault(onNotices(gmailtest.StageCommit, func() *gmailtest.Fault {
			return gmailtest.Refuse(403, "rateLimitExceeded", "Rate Limit Exceeded")
		}))
		h.expect(75, "run")
		h.gmail.SetFault(nil)
		box.Remove("goes")
		h.advance(10 * time.Minute)
		h.expect(0, "run")
		h.expectSilence()
		h.expectNotices(1)
	}
}

func TestNoticeGoesToTheAddressThatIsConfiguredNow(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Addresses = []string{"shop@example.org", "new@example.org"} })
	waitingNotice(h)
	h.address = "new@example.org"
	h.authorise()
	h.configure()
	h.expect(0, "run")
	h.expectSilence()
	if _, header, _ := h.notice(); header.Get("To") != "<new@example.org>" {
		t.Errorf("it is to %s", header.Get("To"))
	}
	if n := len(h.gmail.Messages("shop@example.org")); n != 0 {
		t.Errorf("%d messages for the address that was", n)
	}
}

// A notice in doubt holds up the others no longer than its doubt lasts.
func TestNoticesInDoubtOneAfterTheOther(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	h.gmailExtra += "\naccess = \"verify\""
	box := h.account("shop")
	refused(h, box, "u1")
	box.Add("u2", []byte("From: a@example.com\r\nFrom: b@example.com\r\nSubject: two\r\n\r\nx\r\n"))
	h.gmail.SetFault(onNotices(gmailtest.StageAnswer, gmailtest.Cut))
	for i := range 2 {
		h.expect(75, "run")
		h.expectNotices(i + 1)
		h.advance(5 * time.Minute)
	}
	for range 2 {
		h.expect(0, "run")
		h.expectSilence()
		h.expectNotices(2)
	}
}
