package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// A token of another mailbox would have the provider's mail deleted for what
// that one has.
func TestAdoptInGmailLooksIntoTheConfiguredMailboxAlone(t *testing.T) {
	const other = "office@example.org"
	h := newVerifying(t, func(s *setup) { s.gmail.Addresses = append(s.gmail.Addresses, other) })
	box := h.account("shop", `retention = "0"`)
	h.fetched(box, 3)
	token := h.gmail.TokenJSON(other, gmailtest.ScopeInsert, gmailtest.ScopeLabels, gmailtest.ScopeReadonly)
	h.write("token.json", token)
	h.expect(77, "adopt", "shop", "--in-gmail")
	h.expectSaid("look into default", other, h.address, "hint: popbridge login default")
	if h.out.Len() > 0 || h.pop.Sessions() > 0 || h.gmail.Counts()[gmailtest.KindList] > 0 {
		t.Errorf("it opened %d sessions, and printed %q", h.pop.Sessions(), &h.out)
	}
	h.expectStatuses(map[string]int{})
}

func TestAdoptInGmailTakesTheAddressInCapitals(t *testing.T) {
	h := newVerifying(t)
	h.fetched(h.account("shop"), 1)
	h.address = strings.ToUpper(h.address)
	h.configure()
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 1 of 1 message")
}

// Not each proxy or stand-in of Gmail knows each call.
func TestAdoptInGmailWithoutAnAddress(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusNotImplemented} {
		h := newVerifying(t)
		h.fetched(h.account("shop"), 1)
		h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindProfile, gmailtest.StageBefore, gmailtest.Refuse(status, "notFound", "Not Found")))
		h.expect(0, "-v", "adopt", "shop", "--in-gmail")
		h.expectPrinted("Gmail has 1 of 1 message")
		h.expectSaid("can't be asked whose mailbox it is")
	}
}

func TestAdoptInGmailWhereTheAddressFailsForNow(t *testing.T) {
	h := newVerifying(t)
	h.fetched(h.account("shop"), 1)
	h.gmail.SetFault(gmailtest.Times(2, gmailtest.KindProfile, gmailtest.StageBefore, gmailtest.Unavailable()))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindProfile, gmailtest.StageBefore, gmailtest.Unavailable()))
	h.expect(69, "adopt", "shop", "--in-gmail")
	h.expectSaid("users.getProfile: HTTP 503")
}

// Two messages of one Message-ID and one body may differ anywhere in what
// their authors wrote.
func TestOnlyTheSameFieldsAreTheSameMessage(t *testing.T) {
	const at = "Message-ID: <m@example.com>\r\n"
	long := strings.Repeat("x", 250)
	for name, c := range map[string]struct {
		here, gmail string
		same        bool
	}{
		"the end of a long subject":  {"Subject: " + long + "1\r\n", "Subject: " + long + "2\r\n", false},
		"blanks":                     {"Subject: a  b\r\n", "Subject: a b\r\n", false},
		"octets of no charset":       {"Subject: \xff\xfe\r\n", "Subject: \xfe\xff\r\n", false},
		"format characters":          {"Subject: a\u200bb\r\n", "Subject: ab\r\n", false},
		"to":                         {"To: a@example.com\r\n", "To: b@example.com\r\n", false},
		"cc in Gmail alone":          {"", "Cc: b@example.com\r\n", false},
		"cc here alone":              {"Cc: b@example.com\r\n", "", false},
		"the charset":                {"Content-Type: text/plain; charset=utf-8\r\n", "Content-Type: text/plain; charset=koi8-r\r\n", false},
		"the boundary, folded":       {"Content-Type: multipart/mixed;\r\n boundary=a\r\n", "Content-Type: multipart/mixed;\r\n boundary=b\r\n", false},
		"a list's copy":              {"", "List-Id: <list.example.com>\r\n", false},
		"a program's own field":      {"X-Job: 1\r\n", "X-Job: 2\r\n", false},
		"a field twice":              {"X-Job: 1\r\nX-Job: 1\r\n", "X-Job: 1\r\n", false},
		"fields in another order":    {"X-Job: 1\r\nX-Job: 2\r\n", "X-Job: 2\r\nX-Job: 1\r\n", false},
		"a resent one":               {"Resent-To: a@example.com\r\n", "Resent-To: b@example.com\r\n", false},
		"a second subject":           {"Subject: a\r\nSubject: b\r\n", "Subject: a\r\n", false},
		"folded otherwise":           {"Subject: a\r\n b\r\n", "Subject: a b\r\n", true},
		"what Gmail adds":            {"X-Job: 1\r\n", "ARC-Seal: i=1\r\nX-Received: by 2002\r\nReceived-SPF: pass\r\nX-Job: 1\r\n", true},
		"what a server adds":         {"X-UIDL: 1\r\nStatus: RO\r\nDelivered-To: x\r\nReturn-Path: <a@example.com>\r\nReceived: from x\r\n", "", true},
		"what servers write of it":   {"Status: O\r\nX-Job: 1\r\n", "Status: RO\r\nX-Job: 1\r\n", true},
		"the same in all its fields": {"X-Job: 1\r\nTo: a@example.com\r\nX-Job: 2\r\n", "X-Job: 1\r\nTo: a@example.com\r\nX-Job: 2\r\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newVerifying(t)
			box := h.account("shop", `retention = "0"`)
			raw := func(fields string) []byte {
				return []byte("From: a@example.com\r\n" + fields + at + "Date: Sun, 22 Nov 2026 06:00:00 +0000\r\n\r\nbody\r\n")
			}
			box.Add("a", raw(c.here))
			h.arrive(raw(c.gmail))
			found, says := 0, "other content 1"
			if c.same {
				found, says = 1, "recorded as imported"
			}
			h.expect(0, "adopt", "shop", "--in-gmail")
			h.expectPrinted(fmt.Sprintf("Gmail has %d of 1 message", found), says)
			h.expect(0, "run")
			h.expect(0, "run")
			h.expectLeft(box, 0)
			h.expectInGmail(2 - found)
		})
	}
}

// A header that nobody can hold in memory proves nothing.
func TestEndlessHeaderIsNotTakenForTheSame(t *testing.T) {
	h := newVerifying(t)
	raw := append(bytes.Repeat([]byte("X-Job: 1\r\n"), 5000), mail("m", "x\r\n")...)
	h.account("shop").Add("a", raw)
	h.arrive(raw)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 0 of 1 message", "other content 1")
}

// Gmail empties Spam and Trash.
func TestInSpamAndTrashIsInGmail(t *testing.T) {
	h := newVerifying(t)
	h.inSpamAndTrash()
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 3 of 3 messages",
		"shop: of these 1 in Spam, 1 in Trash: Gmail empties it after 30 days, and what is on the provider goes by retention\n")
}

// inSpamAndTrash has Gmail hold three messages, uid0 in Spam and uid1 in
// Trash.
func (h *harness) inSpamAndTrash(keys ...string) *pop3test.Mailbox {
	h.t.Helper()
	box := h.account("shop", keys...)
	fill(box, 3)
	h.must(h.gmail.MarkSpam(h.address, h.arrive(mail("m0", "\r\n"))))
	h.must(h.gmail.Trash(h.address, h.arrive(mail("m1", "x\r\n"))))
	h.arrive(mail("m2", "xx\r\n"))
	return box
}

// Who wants no mail in Spam wants this out of it.
func TestInSpamIsNotInGmailForWhoWantsNone(t *testing.T) {
	h := newVerifying(t)
	box := h.inSpamAndTrash(`spam = "never"`, `retention = "0"`)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 2 of 3 messages", "in Spam 1", "shop: of these 1 in Trash: Gmail", "1 other will be imported by the next run")
	h.expect(0, "run")
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(4) // and not folded into the one in Spam
}

// There may be much of it.
func TestMuchSpam(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop")
	fill(box, 1)
	h.must(h.gmail.MarkSpam(h.address, h.arrive(mail("m0", "\r\n"))))
	for i := range 501 {
		h.must(h.gmail.MarkSpam(h.address, h.arrive(mail(fmt.Sprintf("spam%d", i), "\r\n"))))
	}
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: of these 1 in Spam: Gmail")
}
