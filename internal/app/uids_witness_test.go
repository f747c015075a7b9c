package app_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

type digest = [sha256.Size]byte

// witness sees from outside what a mailbox and Gmail have, before and after
// each run, and knows what must never be.
type witness struct {
	h   *harness
	box *pop3test.Mailbox
	// retention is how long a message stays at least; less than 0 is for ever.
	retention time.Duration
	// limited tells that keep_messages or keep_size may let mail go early.
	limited bool
	// names are those of messages ever seen, by the digest of what Gmail may
	// be given of them: as delivered, or as the server rewrote them.
	names map[digest]string
	// most is how many copies of a message a run ever listed at once.
	most map[string]int
	// arrived is when Gmail was first seen to have a message.
	arrived map[string]time.Time
	// dropped are those that a person gave up.
	dropped map[string]bool
	// doubles are how many more Gmail may have, where it neither folds nor is
	// asked. The server counts them: a connection that is cut tells nothing of
	// when it did.
	doubles atomic.Int64
	// trash is what was deleted, by a run or by another device.
	trash []pop3test.Message
}

func newWitness(h *harness, box *pop3test.Mailbox, retention time.Duration) *witness {
	return &witness{h: h, box: box, retention: retention, names: map[digest]string{}, most: map[string]int{},
		arrived: map[string]time.Time{}, dropped: map[string]bool{}}
}

func sumOf(raw []byte) digest { return sha256.Sum256(raw) }

// deliver puts a new message into the mailbox, and gives its name.
func (w *witness) deliver(uid string, raw []byte) (name string) {
	w.box.Add(uid, raw)
	return w.know(raw)
}

// know names a message by its subject and a part of its digest.
func (w *witness) know(raw []byte) (name string) {
	d := sumOf(raw)
	if w.names[d] == "" {
		_, after, _ := bytes.Cut(raw, []byte("Subject: "))
		subject, _, _ := bytes.Cut(after, []byte("\r\n"))
		w.names[d] = fmt.Sprintf("%s-%x", subject, d[:2])
	}
	return w.names[d]
}

// rewrite has the server change a message without it being another one.
func (w *witness) rewrite(uid string, change func(raw []byte) []byte) {
	messages := w.box.Messages()
	w.box.Clear()
	for _, m := range messages {
		if m.UID == uid {
			name := w.names[sumOf(m.Raw)]
			m.Raw = change(m.Raw)
			w.names[sumOf(m.Raw)] = name
		}
		w.box.AddMessage(m)
	}
}

// copies counts the messages of a mailbox by name.
func (w *witness) copies(messages []pop3test.Message) map[string]int {
	n := map[string]int{}
	for _, m := range messages {
		n[w.names[sumOf(m.Raw)]]++
	}
	return n
}

// inGmail counts what Gmail has by name. Of what the provider never had, it
// counts as "" what isn't popbridge's own.
func (w *witness) inGmail() map[string]int {
	n := map[string]int{}
	for _, m := range w.h.gmail.Messages(w.h.address) {
		name := w.names[m.Digest]
		if name != "" || m.MessageID == "" || strings.HasSuffix(m.MessageID, "@example.com>") {
			n[name]++
		}
	}
	return n
}

// run runs, and tells what is wrong with what it did.
func (w *witness) run() (code int, wrong string) {
	before := w.box.Messages()
	for name, n := range w.copies(before) {
		w.most[name] = max(w.most[name], n)
	}
	code = w.h.run("run")
	if wrong = w.judgeGmail(); wrong != "" {
		return code, wrong
	}
	return code, w.judgeDeletions(before)
}

func (w *witness) judgeGmail() string {
	have, doubles := w.inGmail(), int64(0)
	for name, n := range have {
		switch {
		case name == "":
			return "Gmail has a message that the provider never had"
		case n > w.most[name]:
			doubles += int64(n - w.most[name])
		}
		if w.arrived[name].IsZero() {
			w.arrived[name] = w.h.now()
		}
	}
	if doubles > w.doubles.Load() {
		return fmt.Sprintf("doubled: Gmail has %v, of which %v were listed at once", have, w.most)
	}
	return ""
}

func (w *witness) judgeDeletions(before []pop3test.Message) string {
	left := w.copies(w.box.Messages())
	for _, m := range before {
		name := w.names[sumOf(m.Raw)]
		if left[name]--; left[name] >= 0 {
			continue
		}
		w.trash = append(w.trash, m)
		since, had := w.arrived[name]
		switch {
		case w.dropped[name]:
		case !had:
			return name + " was deleted, and Gmail hasn't got it"
		case !w.limited && (w.retention < 0 || w.h.now().Sub(since) < w.retention):
			return fmt.Sprintf("%s was deleted %s after its import", name, w.h.now().Sub(since))
		}
	}
	return ""
}

// missing tells what is on the provider and not in Gmail.
func (w *witness) missing() string {
	have := w.inGmail()
	for name := range w.copies(w.box.Messages()) {
		if have[name] == 0 && !w.dropped[name] {
			return name + " never came to Gmail"
		}
	}
	return ""
}

// expectRun is run for a test that says which code it is to end with.
func (w *witness) expectRun(code int) {
	w.h.t.Helper()
	got, wrong := w.run()
	if wrong != "" || got != code {
		w.h.t.Fatalf("exit %d, want %d; %s\nstderr: %s", got, code, wrong, &w.h.err)
	}
}

// expectAllInGmail sees to it that each message ever delivered is there, in as
// many copies as were listed at once.
func (w *witness) expectAllInGmail() {
	w.h.t.Helper()
	have := w.inGmail()
	for _, name := range w.names {
		if have[name] != w.most[name] && !w.dropped[name] {
			w.h.t.Fatalf("Gmail has %s %d times, want %d\nstderr: %s", name, have[name], w.most[name], &w.h.err)
		}
	}
}
