package app_test

import (
	"context"
	"io"
	"syscall"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/app"
)

// What is under way may end well, and is recorded; nothing new begins.
func TestInterruptedRunBeginsNoImport(t *testing.T) {
	const messages, before, atOnce = 60, 10, 8
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	box := h.account("shop")
	fill(box, messages)
	ctx, interrupt := context.WithCancelCause(t.Context())
	defer interrupt(nil)
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind == gmailtest.KindImport && r.Stage == gmailtest.StageBefore && r.Nth == before {
			interrupt(app.Signalled{Signal: syscall.SIGTERM})
		}
		return nil
	})
	if code := h.runWith(ctx, io.Discard, "run"); code != 143 || h.err.Len() > 0 {
		t.Fatalf("exit %d, want 143\nstderr: %s", code, &h.err)
	}
	h.gmail.SetFault(nil)
	begun := h.gmail.Counts()[gmailtest.KindImport]
	if begun < before || begun >= before+atOnce {
		t.Errorf("%d imports were begun, want at most those that %d at once had under way at number %d", begun, atOnce, before)
	}
	h.expectInGmail(begun)
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(messages)
	h.expectStatuses(map[string]int{"imported": messages})
}
