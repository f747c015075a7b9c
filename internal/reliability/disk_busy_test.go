package reliability_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// neverImported are the messages of a busyRun that Gmail is not to have.
var neverImported = []string{"refused", "large"}

// busyRun prepares a run that writes whatever the state can be told: it
// imports, deletes, meets changed UIDs, a refusal, a message too large, two
// messages with one Message-ID, and two doubts, of which Gmail has one.
func busyRun(t *testing.T, o diskOptions) *diskWorld {
	t.Helper()
	o.verify = true
	w := newDiskWorld(t, o)
	w.account("shop", `retention = "0"`, `labels = ["INBOX", "Orders/New"]`)
	w.account("office", `skip_larger = "2KB"`)
	w.post("shop", "deleted1", "deleted2")
	w.post("office", "kept1", "kept2")
	w.expectSilence()
	w.post("office", "doubt1", "doubt2")
	w.gmail.SetFault(gmailtest.Either(
		gmailtest.OnMessage("<office.doubt1@example.com>", gmailtest.StageCommit, gmailtest.Cut()),
		gmailtest.OnMessage("<office.doubt2@example.com>", gmailtest.StageAnswer, gmailtest.Cut())))
	w.expect(75, "run", "office")
	w.gmail.SetFault(nil)
	w.ageDoubts()
	w.pop.Mailbox("office").RenumberAll(func(_ int, old string) string { return "moved-" + old })
	w.post("shop", "new1", "new2", "new3")
	w.postRaw("shop", "same1", letter("same", "one"))
	w.postRaw("shop", "same2", letter("same", "two"))
	w.post("office", "new4")
	w.postRaw("office", "refused", []byte("Subject: no From\r\n\r\nx\r\n"))
	w.postRaw("office", "large", letter("large", strings.Repeat("x", 3000)))
	return w
}

// recoverBusy is recover for a busyRun, whose refusals must have been told.
func (w *diskWorld) recoverBusy() {
	w.t.Helper()
	w.recover(neverImported...)
	for _, uid := range neverImported {
		if !strings.Contains(w.heard, "UID "+uid) {
			w.t.Errorf("the refusal of %s was never told: %s", uid, w.heard)
		}
	}
	w.checkNotices(len(neverImported))
	if left := w.pop.Mailbox("shop").UIDs(); len(left) > 0 {
		w.t.Errorf("%q are left in shop", left)
	}
	if left := w.pop.Mailbox("office").UIDs(); len(left) != 7 {
		w.t.Errorf("%q are left in office", left)
	}
}

// checkNotices wants so many messages in Gmail that were never the provider's,
// each once.
func (w *diskWorld) checkNotices(n int) {
	w.t.Helper()
	ours := map[string]int{}
	for _, m := range w.gmail.Messages(gmailAddress) {
		ours[m.MessageID]++
	}
	for _, sent := range w.sent {
		for _, raw := range sent {
			_, rest, _ := strings.Cut(string(raw), "Message-ID: ")
			id, _, _ := strings.Cut(rest, "\r\n")
			delete(ours, id)
		}
	}
	for id, times := range ours {
		if times != 1 {
			w.t.Errorf("Gmail has the notice %s %d times", id, times)
		}
	}
	if len(ours) != n {
		w.t.Errorf("Gmail has the notices %v, want %d", ours, n)
	}
}
