package app_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"
)

func TestRunMovesMail(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", "retention = \"14d\"")
	want := map[[32]byte]bool{}
	for i := range 20 {
		raw := mail(fmt.Sprintf("m%d", i), fmt.Sprintf("body %d\r\n.dots\r\n", i))
		box.Add(fmt.Sprintf("uid%d", i), raw)
		want[sha256.Sum256(raw)] = true
	}
	h.expect(0, "run")
	h.expectSilence()
	got := h.gmail.Messages(h.address)
	if len(got) != 20 {
		t.Fatalf("Gmail has %d messages, want 20", len(got))
	}
	for _, m := range got {
		if !want[m.Digest] {
			t.Errorf("Gmail has a message that no mailbox held: %s", m.MessageID)
		}
	}
	h.gmail.ResetCounters()
	h.expect(0, "run")
	h.expectSilence()
	if n := len(h.gmail.Requests()); n != 0 {
		t.Errorf("a run with nothing new made %d requests of Gmail", n)
	}
	h.advance(13 * 24 * time.Hour)
	h.expect(0, "run")
	if n := len(box.UIDs()); n != 20 {
		t.Fatalf("%d messages are left within the retention, want 20", n)
	}
	h.advance(24*time.Hour + time.Minute)
	h.expect(0, "run", "--dry-run")
	h.expect(0, "run")
	if n := len(box.UIDs()); n != 0 {
		t.Fatalf("%d messages are left past the retention, want none", n)
	}
	if n := len(h.gmail.Messages(h.address)); n != 20 {
		t.Errorf("Gmail has %d messages at the end, want 20", n)
	}
}
