package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// mail is a plain message.
func mail(id, body string) []byte {
	return []byte("From: orders@example.com\r\nTo: shop@example.org\r\nSubject: " + id +
		"\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\nMessage-ID: <" + id + "@example.com>\r\n\r\n" + body)
}

// fill adds n plain messages, uid0 and so on.
func fill(box *pop3test.Mailbox, n int) {
	for i := range n {
		box.Add(fmt.Sprintf("uid%d", i), mail(fmt.Sprintf("m%d", i), strings.Repeat("x", i)+"\r\n"))
	}
}

// arrived are the messages in Gmail, without popbridge's own notices.
func (h *harness) arrived() []gmailtest.Message {
	return slices.DeleteFunc(h.gmail.Messages(h.address), isNotice)
}

func isNotice(m gmailtest.Message) bool { return strings.HasSuffix(m.MessageID, "@popbridge.invalid>") }

// expectNotices counts the notices in Gmail.
func (h *harness) expectNotices(n int) {
	h.t.Helper()
	if got := len(h.gmail.Messages(h.address)) - len(h.arrived()); got != n {
		h.t.Fatalf("Gmail has %d notices, want %d\nstderr: %s", got, n, &h.err)
	}
}

func (h *harness) expectInGmail(n int) {
	h.t.Helper()
	if got := len(h.arrived()); got != n {
		h.t.Fatalf("Gmail has %d messages, want %d\nstderr: %s", got, n, &h.err)
	}
}

// expectBodies compares what Gmail's messages say, in any order.
func (h *harness) expectBodies(want ...string) {
	h.t.Helper()
	var got []string
	for _, m := range h.arrived() {
		r, err := h.gmail.Raw(h.address, m.ID)
		h.must(err)
		raw, err := io.ReadAll(r)
		h.must(err)
		_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		got = append(got, strings.TrimSpace(string(body)))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Fatalf("Gmail has the bodies %q, want %q\nstderr: %s", got, want, &h.err)
	}
}

func (h *harness) expectLeft(box *pop3test.Mailbox, n int) {
	h.t.Helper()
	if got := len(box.UIDs()); got != n {
		h.t.Fatalf("%d messages are left on the provider, want %d\nstderr: %s", got, n, &h.err)
	}
}

// expectSaid looks for texts in what the last command said of trouble.
func (h *harness) expectSaid(texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		if !strings.Contains(h.err.String(), text) {
			h.t.Fatalf("it doesn't say %q\nstderr: %s", text, &h.err)
		}
	}
}

// expectStatuses counts the rows of the state by status.
func (h *harness) expectStatuses(want map[string]int) {
	h.t.Helper()
	h.expect(0, "state", "export")
	got := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(h.out.String()), "\n")[1:] {
		var row struct{ Status string }
		h.must(json.Unmarshal([]byte(line), &row))
		got[row.Status]++
	}
	if !maps.Equal(got, want) {
		h.t.Fatalf("the state has %v, want %v", got, want)
	}
}

// sent counts a command among those that the POP3 server got since its
// counters were reset.
func (h *harness) sent(command string) (n int) {
	for _, line := range h.pop.Commands() {
		if word, _, _ := strings.Cut(line, " "); word == command {
			n++
		}
	}
	return n
}

func (h *harness) expectSent(command string, n int) {
	h.t.Helper()
	if got := h.sent(command); got != n {
		h.t.Fatalf("%d times %s was sent, want %d: %q", got, command, n, h.pop.Commands())
	}
}

// expectPrinted looks for texts in what the last command printed.
func (h *harness) expectPrinted(texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		if !strings.Contains(h.out.String(), text) {
			h.t.Fatalf("it doesn't print %q\nstdout: %s", text, &h.out)
		}
	}
}

// expectSessions wants commands to go well, with so many sessions together.
func (h *harness) expectSessions(n int, commands ...string) {
	h.t.Helper()
	h.pop.ResetCounters()
	for _, c := range commands {
		h.expect(0, strings.Fields(c)...)
	}
	if got := h.pop.Sessions(); got != n {
		h.t.Errorf("%d sessions for %q, want %d", got, commands, n)
	}
}
