package state

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestForget(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	limit := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	row := func(account, uid string, listed bool, last, seen time.Time) Record {
		return Record{Account: account, UID: uid, Status: Imported, Listed: listed, LastListed: last, FirstSeen: seen}
	}
	early, late, never := limit.Add(-time.Microsecond), limit, time.Time{}
	must(t, db.Put(t.Context(),
		row("acct", "early", false, early, early), row("acct", "listed", true, early, early),
		row("acct", "late", false, late, early), row("acct", "seen early", false, never, early),
		row("acct", "seen late", false, never, late), row("acct", "no time", false, never, never),
		row("other", "early", false, early, early)))
	n, err := db.Forget(t.Context(), "acct", limit)
	if err != nil || n != 2 {
		t.Errorf("forgot %d, %v", n, err)
	}
	if got := strings.Join(uids(t, db, "acct"), ","); got != "late,listed,no time,seen late" {
		t.Errorf("records are %s", got)
	}
	if got := len(uids(t, db, "other")); got != 1 {
		t.Errorf("%d records of the other account", got)
	}
}

func TestMove(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), sample("old", "a"), sample("old", "b"), sample("taken", "a")))
	must(t, db.PutAccount(t.Context(), Account{Name: "old", Mailbox: "someone@pop.example.org:995"}))
	must(t, db.PutAccount(t.Context(), Account{Name: "new", Failures: 1}))
	for _, c := range []struct {
		from, to string
		want     error
	}{{"unknown", "new", ErrUnknownAccount}, {"old", "taken", ErrAccountExists}, {"old", "old", ErrAccountExists}} {
		if err := db.Move(t.Context(), c.from, c.to); !errors.Is(err, c.want) {
			t.Errorf("%s to %s: %v", c.from, c.to, err)
		}
	}
	if err := db.Move(t.Context(), "old", "a b"); err == nil {
		t.Error("no error of a bad name")
	}
	must(t, db.Move(t.Context(), "old", "new"))
	if got := fmt.Sprint(uids(t, db, "old"), uids(t, db, "new")); got != "[] [a b]" {
		t.Errorf("records are %s", got)
	}
	accounts, err := db.accounts(t.Context(), "ORDER BY name")
	must(t, err)
	if len(accounts) != 1 || accounts[0].Name != "new" || accounts[0].Mailbox == "" || accounts[0].Failures != 0 {
		t.Errorf("accounts are %+v", accounts)
	}
}
