package app_test

import (
	"io"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// notice gives the one notice in Gmail, and its text.
func (h *harness) notice() (m gmailtest.Message, header netmail.Header, text string) {
	h.t.Helper()
	h.expectNotices(1)
	all := h.gmail.Messages(h.address)
	m = all[slices.IndexFunc(all, isNotice)]
	r, err := h.gmail.Raw(h.address, m.ID)
	h.must(err)
	parsed, err := netmail.ReadMessage(r)
	h.must(err)
	body, err := io.ReadAll(quotedprintable.NewReader(parsed.Body))
	h.must(err)
	return m, parsed.Header, string(body)
}

// refused adds a message that Gmail refuses, for a reason that the facts list.
func refused(h *harness, box *pop3test.Mailbox, uid string) {
	h.t.Helper()
	box.Add(uid, []byte("From: =?ISO-2022-JP?B?GyRCQ21KOBsoQg==?= <a@example.com>\r\nFrom: b@example.com\r\n"+
		"Subject: Invoice =?UTF-8?Q?=E2=82=AC=1B[2J?=\r\nDate: Sun, 22 Nov 2026 06:00:00 +0900\r\n\r\nthe secret body\r\n"))
}

// onNotices lets what fault gives happen to each notice.
func onNotices(stage gmailtest.Stage, fault func() *gmailtest.Fault) func(gmailtest.Request) *gmailtest.Fault {
	return func(r gmailtest.Request) *gmailtest.Fault {
		if r.Stage != stage || !strings.Contains(r.MessageID, "@popbridge.invalid") {
			return nil
		}
		return fault()
	}
}

// refuseBarely has Gmail refuse the message m1, for a reason not known to be
// permanent: that may yet be taken back, so that the notice waits for the next
// run.
func refuseBarely(h *harness) {
	h.gmail.SetFault(gmailtest.OnMessage("<m1@example.com>", gmailtest.StageCommit, gmailtest.Refuse(400, "badRequest", "Bad Request")))
}

// waitingNotice leaves the message m1 refused, and its notice to be brought.
func waitingNotice(h *harness) *pop3test.Mailbox {
	h.t.Helper()
	box := h.account("shop")
	box.Add("u1", mail("m1", "x\r\n"))
	refuseBarely(h)
	h.expect(65, "run")
	h.expectNotices(0)
	return box
}

func TestNoticeTellsTheStory(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `labels = ["Shop"]`)
	refused(h, box, "odd'\x01uid")
	h.expect(65, "run")
	m, header, text := h.notice()
	for _, want := range []string{"From:    注文 <a@example.com>\r\n", "Subject: Invoice €\uFFFD[2J\r\n",
		"Date:    Sat, 21 Nov 2026 21:00:00 +0000\r\n", "Reason:  ", "From", "Mailbox: shop@127.0.0.1:",
		`popbridge drop shop 'odd'\''\x01uid'` + "\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it doesn't say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "secret body") {
		t.Error("it gives the body")
	}
	if header.Get("To") != "<"+h.address+">" || header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("header is %v", header)
	}
	labels := h.gmail.Labels(h.address)
	var names []string
	for _, id := range m.LabelIDs {
		names = append(names, id+labels[id])
	}
	if got := strings.Join(names, " "); !strings.Contains(got, "INBOX") || !strings.Contains(got, "UNREAD") || !strings.Contains(got, "Shop") {
		t.Errorf("labels are %s", got)
	}
}

func TestNoticeOfWhatWasNeverFetched(t *testing.T) {
	for _, noTop := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTop })
		box := h.account("shop", `skip_larger = "100B"`)
		refused(h, box, "u1")
		h.expect(65, "run")
		_, _, text := h.notice()
		if known := strings.Contains(text, "Subject: Invoice"); known == noTop {
			t.Errorf("without TOP: %t\n%s", noTop, text)
		}
		h.expectSent("RETR", 0)
	}
}

// A TOP that breaks the session costs the notice its story, not the run.
func TestNoticeThoughTopBreaks(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `skip_larger = "300B"`)
	h.setPOPFault(strike("TOP", "u1", pop3test.Fault{Kind: pop3test.Close}))
	box.Add("u1", mail("m1", strings.Repeat("x", 400)+"\r\n"))
	box.Add("u2", mail("m2", "x\r\n"))
	h.expect(65, "run")
	h.expectInGmail(1)
	h.expectNotices(1)
}

// A notice goes by rules of its own message: it is brought once, whatever
// happens on the way, and what happens to it concerns no mail.
func TestNoticeIsBroughtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault *gmailtest.Fault
		stage gmailtest.Stage
		codes []int
		want  int
	}{
		{"answer lost", gmailtest.Cut(), gmailtest.StageAnswer, []int{75, 0}, 1},
		{"body lost", gmailtest.Cut(), gmailtest.StageCommit, []int{75, 0}, 1},
		{"unavailable", gmailtest.Refuse(403, "rateLimitExceeded", "Rate Limit Exceeded"), gmailtest.StageCommit, []int{75, 0}, 1},
		{"token withdrawn", gmailtest.Refuse(403, "insufficientPermissions", "Insufficient Permission"), gmailtest.StageCommit, []int{77, 0}, 1},
		{"refused for good", gmailtest.Refuse(400, "invalidArgument", "Invalid attachment"), gmailtest.StageCommit, []int{65, 0}, 0},
		{"refused this time", gmailtest.Refuse(400, "badRequest", "Bad Request"), gmailtest.StageCommit, []int{65, 0}, 1},
	} {
		for _, verify := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				h := newHarness(t, func(s *setup) { s.gmail.Fold = !verify })
				if verify {
					h.gmailExtra += "\naccess = \"verify\""
				}
				box := h.account("shop")
				refused(h, box, "u1")
				box.Add("u2", mail("m2", "x\r\n"))
				struck := false
				h.gmail.SetFault(onNotices(c.stage, func() *gmailtest.Fault {
					if struck {
						return nil
					}
					struck = true
					return c.fault
				}))
				for _, code := range c.codes {
					h.expect(code, "run")
					h.advance(3 * time.Minute)
				}
				h.expectNotices(c.want)
				h.expectInGmail(1)
				h.expect(0, "run")
				h.expectSilence()
				h.expectNotices(c.want)
				h.expectStatuses(map[string]int{"imported": 1, "refused": 1})
			})
		}
	}
}

// Gmail takes no notice at all: that is tried a few times, and then no more.
func TestNoticeIsGivenUp(t *testing.T) {
	h := newHarness(t)
	refused(h, h.account("shop"), "u1")
	tries := 0
	h.gmail.SetFault(onNotices(gmailtest.StageCommit, func() *gmailtest.Fault {
		tries++
		return gmailtest.Refuse(400, "badRequest", "Bad Request")
	}))
	h.expect(65, "run")
	for range 10 {
		h.expect(0, "run")
		h.expectSilence()
	}
	if tries < 2 || tries > 6 {
		t.Errorf("it was tried %d times", tries)
	}
}

// An attempt that is still in doubt is not repeated where Gmail can be asked.
func TestNoticeInDoubtWaits(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	h.gmailExtra += "\naccess = \"verify\""
	refused(h, h.account("shop"), "u1")
	h.gmail.SetFault(onNotices(gmailtest.StageAnswer, gmailtest.Cut))
	h.expect(75, "run")
	h.gmail.SetFault(nil)
	h.advance(5 * time.Second)
	h.expect(75, "run")
	h.expectSilence()
	h.expectNotices(1)
	h.advance(time.Minute)
	h.expect(0, "run")
	h.expectSilence()
	h.expectNotices(1)
}

// A refusal that may yet be taken back has its notice in the next run.
func TestNoticeOfAnUnlistedRefusalWaits(t *testing.T) {
	h := newHarness(t)
	waitingNotice(h)
	h.expect(0, "run")
	h.expectSilence()
	h.expectNotices(1)
}

// What is refused once more after a retry, for the same reason, is no news in
// Gmail.
func TestNoticeIsNotRepeatedAfterRetry(t *testing.T) {
	h := newHarness(t)
	refused(h, h.account("shop"), "u1")
	h.expect(65, "run")
	h.expect(0, "retry", "shop")
	h.expect(65, "run")
	h.expectNotices(1)
}
