package reliability_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/popbridge/popbridge/state"
)

// row is a line of state export, as far as the checks need it.
type row struct {
	Account string `json:"account"`
	UID     string `json:"uid"`
	Status  string `json:"status"`
	Digest  string `json:"digest"`
	GmailID string `json:"gmail_id"`
}

// export gives the state's rows.
func (w *diskWorld) export() (rows []row) {
	w.t.Helper()
	lines := strings.Split(strings.TrimSpace(w.expect(0, "state", "export").stdout), "\n")[1:]
	rows = make([]row, len(lines))
	for i, line := range lines {
		w.must(json.Unmarshal([]byte(line), &rows[i]))
	}
	return rows
}

// ageDoubts makes all doubts old enough for an empty answer of Gmail to count.
func (w *diskWorld) ageDoubts() {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.state)
	w.must(err)
	for _, table := range []string{"messages", "notices"} {
		_, err := db.Exec("UPDATE " + table + " SET attempted_at = attempted_at - 180000000 WHERE gmail_id = ''")
		w.must(err)
	}
	w.must(db.Close())
}

// copies counts the messages in Gmail that are a message octet for octet.
func (w *diskWorld) copies(raw []byte) (n int) {
	sum := sha256.Sum256(raw)
	for _, m := range w.gmail.Messages(gmailAddress) {
		if m.Digest == sum {
			n++
		}
	}
	return n
}

// checkDeleted fails where a message is gone from the provider that Gmail
// doesn't have, or whose acknowledgement isn't in the state.
func (w *diskWorld) checkDeleted() {
	w.t.Helper()
	acknowledged := map[string]bool{}
	for _, r := range w.export() {
		if r.Status == "imported" && r.GmailID != "" {
			acknowledged[r.Account+r.Digest] = true
		}
	}
	for user, sent := range w.sent {
		left := map[string]bool{}
		for _, m := range w.pop.Mailbox(user).Messages() {
			left[string(m.Raw)] = true
		}
		for uid, raw := range sent {
			known := acknowledged[fmt.Sprintf("%s%x", user, sha256.Sum256(raw))]
			if !left[string(raw)] && (w.copies(raw) == 0 || !known) {
				w.t.Errorf("%s of %s was deleted; Gmail has it %d times; acknowledged: %v", uid, user, w.copies(raw), known)
			}
		}
	}
}

// checkOnce fails unless Gmail has every message once, but for those that it
// is never to have.
func (w *diskWorld) checkOnce(never ...string) {
	w.t.Helper()
	for user, sent := range w.sent {
		for uid, raw := range maps.All(sent) {
			want := 1
			if slices.Contains(never, uid) {
				want = 0
			}
			if got := w.copies(raw); got != want {
				w.t.Errorf("Gmail has %s of %s %d times, want %d", uid, user, got, want)
			}
		}
	}
}

// recover runs the program as cron does once the disk is whole again: two
// runs put everything right, and the next has nothing to do.
func (w *diskWorld) recover(never ...string) {
	w.t.Helper()
	for range 2 {
		if o := w.run("run"); o.code != 0 && o.code != 65 && o.code != 75 {
			w.t.Fatalf("the disk is whole again: %s", o)
		}
		w.checkDeleted()
		w.ageDoubts()
	}
	w.expectSilence()
	w.checkOnce(never...)
}

// holdOpen keeps the state's log from being moved into the file, so that what
// the next run writes lies behind one another in the log.
func (w *diskWorld) holdOpen() (release func()) {
	w.t.Helper()
	db, err := state.Open(context.Background(), w.state, state.Options{Mode: state.ReadOnly})
	w.must(err)
	_, err = db.Records(context.Background(), "shop")
	w.must(err)
	return func() { w.must(db.Close()) }
}
