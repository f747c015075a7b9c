package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

const retentionOfStories = 14 * aDay

// story is what a provider does to a mailbox that was imported.
type story struct {
	name string
	pop  func(*pop3test.Options)
	// mail fills the mailbox; nil is for six messages, two of one size.
	mail func(*witness)
	// then happens between the first run and the second.
	then func(*witness)
	// fetches is how many RETRs the runs after it may take, and blind where
	// the server has no TOP.
	fetches, blind int
	// late tells that it shows only once a message is due, so that what it
	// brought stays for another retention.
	late bool
	// onlyTop tells that there is no such server without TOP.
	onlyTop bool
}

func sixMessages(w *witness) {
	for i := range 6 {
		w.deliver(fmt.Sprintf("uid%d", i), mail(fmt.Sprintf("m%d", i), strings.Repeat("x", i/2)+"\r\n"))
	}
}

// tell plays a story: what was imported isn't fetched more often than need be,
// nor imported again; what is new comes; nothing goes before its time, and
// all goes soon after.
func (s story) tell(t *testing.T, top bool) {
	w := s.begin(t, top)
	w.expectRun(0)
	w.expectAllInGmail()
	s.then(w)
	w.h.pop.ResetCounters()
	for range 2 {
		w.h.advance(time.Hour)
		w.expectRun(0)
	}
	most := s.fetches
	if !top {
		most = s.blind
	}
	if n := w.h.sent("RETR"); n > most {
		t.Errorf("%d messages were fetched, want no more than %d", n, most)
	}
	if !s.late {
		w.expectAllInGmail()
	}
	w.expectDeletions(s.late)
	w.expectAllInGmail()
}

func (s story) begin(t *testing.T, top bool) *witness {
	h := newHarness(t, func(set *setup) {
		set.gmail.Fold = false
		set.pop.NoTOP = !top
		if s.pop != nil {
			s.pop(&set.pop)
		}
	})
	if top { // by which access matters not, but both are to work
		h.gmailExtra += "\naccess = \"verify\""
	}
	w := newWitness(h, h.account("shop", `retention = "14d"`), retentionOfStories)
	if s.mail == nil {
		s.mail = sixMessages
	}
	s.mail(w)
	return w
}

// expectDeletions lets the retention pass, and sees to it that the mailbox is
// empty within three runs.
func (w *witness) expectDeletions(twice bool) {
	w.h.t.Helper()
	rounds := 1
	if twice {
		rounds = 2
	}
	for range rounds {
		w.h.advance(retentionOfStories)
		for runs := 0; runs < 3 && (runs == 0 || len(w.box.UIDs()) > 0); runs++ {
			w.expectRun(0)
			w.h.advance(time.Hour)
		}
	}
	w.h.expectLeft(w.box, 0)
}

// The helpers below are what providers do.

func (w *witness) renumber(uid func(i int, old string) string) { w.box.RenumberAll(uid) }

func (w *witness) rearrange(order func([]pop3test.Message)) {
	messages := w.box.Messages()
	order(messages)
	w.box.Clear()
	for _, m := range messages {
		w.box.AddMessage(m)
	}
}

func (w *witness) reuse(uid string, raw []byte) {
	w.rearrange(func(all []pop3test.Message) {
		i := slices.IndexFunc(all, func(m pop3test.Message) bool { return m.UID == uid })
		all[i].Raw = raw
	})
	w.know(raw)
}

func (w *witness) swap(a, b string) {
	w.box.SetUID(a, "meanwhile")
	w.box.SetUID(b, a)
	w.box.SetUID("meanwhile", b)
}

// emptyFor has the mailbox be empty for some runs, then back with the UIDs that
// uid makes of the old ones.
func (w *witness) emptyFor(runs int, between time.Duration, uid func(i int, old string) string) {
	messages := w.box.Messages()
	w.box.Clear()
	for range runs {
		w.expectRun(0)
		w.h.advance(between)
	}
	for i, m := range messages {
		m.UID = uid(i, m.UID)
		w.box.AddMessage(m)
	}
}

// movedTo has the provider move to another server, under the same UIDs.
func (w *witness) movedTo(o pop3test.Options) {
	messages := w.box.Messages()
	o.TLS, o.Pipelining, o.Now, o.Fault = pop3test.ImplicitTLS, true, w.h.now, w.h.fault
	w.h.startPOP(o)
	w.h.tables = nil
	w.box = w.h.account("shop", `retention = "14d"`)
	for _, m := range messages {
		w.box.AddMessage(m)
	}
}

// restore puts back what was deleted.
func (w *witness) restore(uid func(i int, old string) string) {
	for i, m := range w.trash {
		m.UID = uid(i, m.UID)
		w.box.AddMessage(m)
	}
	w.trash = nil
}

// edit has the mailbox be edited, message by message.
func (w *witness) edit(change func(i int, m *pop3test.Message)) {
	w.rearrange(func(all []pop3test.Message) {
		for i := range all {
			change(i, &all[i])
		}
	})
}

func theSame(_ int, old string) string { return old }

func renamed(_ int, old string) string { return "new-" + old }
