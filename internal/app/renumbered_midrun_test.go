package app_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
	"github.com/popbridge/popbridge/state"
)

// awaitStatus waits until a message has a status in the state.
func (h *harness) awaitStatus(account, uid string, want state.Status) {
	h.t.Helper()
	db, err := state.Open(h.t.Context(), h.path("state/state.db"), state.Options{Mode: state.ReadOnly})
	h.must(err)
	defer func() { h.must(db.Close()) }()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		rows, err := db.Rows(h.t.Context(), account, uid)
		h.must(err)
		if len(rows) == 1 && rows[0].Status == want {
			return
		}
	}
	h.t.Errorf("UID %s of %s never was %s", uid, account, want)
}

// TestRenumberedBetweenTwoSessionsOfARun: what the run itself imported falls
// due in the next one, whatever it is called by then.
func TestRenumberedBetweenTwoSessionsOfARun(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", "keep_messages = 1")
	fill(box, 2)
	broke := false
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		switch {
		case e.Command == "RETR" && e.UID == "uid1" && !broke:
			broke = true
			return pop3test.Fault{Kind: pop3test.Cut}
		case e.Command == "USER" && e.Session == 2:
			h.awaitStatus("shop", "uid0", state.Imported)
			box.RenumberAll(func(_ int, old string) string { return "new-" + old })
		}
		return pop3test.Fault{}
	})
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(2)
	h.expectLeft(box, 2)
	for range 2 {
		h.expect(0, "run")
		h.expectLeft(box, 1)
		h.expectInGmail(2)
	}
}
