package app_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/app"
	"github.com/popbridge/popbridge/state"
)

// expectAtTerminal runs popbridge at a terminal and wants it to leave these
// words there. Without one it says none of them.
func (h *harness) expectAtTerminal(code int, words ...string) {
	h.t.Helper()
	h.expect(code, "run")
	h.expectSilence()
	h.terminal = app.NewTerminal(200, 24)
	h.expect(code, "run")
	for _, w := range words {
		if text := h.terminal.Text(); !strings.Contains(text, w) {
			h.t.Errorf("%q isn't there, but\n%s", w, text)
		}
	}
}

// TestEachAccountThatIsBusyIsSaidAtATerminal: who typed it would think that it
// ran.
func TestEachAccountThatIsBusyIsSaidAtATerminal(t *testing.T) {
	h := newHarness(t)
	for _, name := range []string{"one", "two"} {
		h.account(name)
	}
	h.expect(0, "run")
	for _, name := range []string{"one", "two"} {
		lock, err := state.LockAccount(h.path("state"), name)
		h.must(err)
		defer lock.Release()
	}
	h.expectAtTerminal(75, "popbridge: one: another run has the account", "popbridge: two: another run has the account")
}

func TestADoubtIsSaidAtATerminal(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop"), 1)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageCommit, gmailtest.Unavailable()))
	h.expectAtTerminal(75, "popbridge: shop: UID ", "503")
}
