package state

import (
	"fmt"
	"testing"
	"time"
)

func notice(account, uid, id string) Notice {
	return Notice{MessageID: id, Account: account, UID: uid, Story: "{}", Content: []byte("Subject: " + id + "\r\n\r\n"),
		CreatedAt: time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC)}
}

// due gives the Message-IDs of the notices that are to be delivered.
func due(t *testing.T, db *DB, account string) (ids string) {
	t.Helper()
	notices, err := db.Notices(t.Context(), account)
	must(t, err)
	for _, n := range notices {
		ids += n.MessageID + " "
	}
	return ids
}

func expectDue(t *testing.T, db *DB, account, want string) {
	t.Helper()
	if got := due(t, db, account); got != want {
		t.Errorf("to be delivered for %s: %q, want %q", account, got, want)
	}
}

func TestNoticeIsAddedOnce(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	n := notice("acct", "\x01\xff", "n1@x")
	add := func() {
		must(t, db.Write(t.Context(), func(w *Writer) error { return w.AddNotice(n) }))
	}
	add()
	got, err := db.Notices(t.Context(), "acct")
	must(t, err)
	if len(got) != 1 || got[0].UID != n.UID || string(got[0].Content) != string(n.Content) || got[0].Story != n.Story || !got[0].CreatedAt.Equal(n.CreatedAt) {
		t.Fatalf("read back: %+v", got)
	}
	got[0].DoneAt, got[0].Content, got[0].GmailID = n.CreatedAt.Add(time.Hour), nil, "g1"
	must(t, db.Write(t.Context(), func(w *Writer) error { return w.PutNotice(got[0]) }))
	add()
	expectDue(t, db, "acct", "")
}

func TestNoticeIsWithdrawnUnlessBegun(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	begun := notice("acct", "one", "begun@x")
	begun.Attempts, begun.AttemptedAt = 1, begun.CreatedAt
	must(t, db.Transact(t.Context(), func(tx Tx) error {
		for _, n := range []Notice{notice("acct", "one", "n1@x"), notice("acct", "two", "n2@x"), begun} {
			if err := tx.AddNotice(n); err != nil {
				return err
			}
		}
		return tx.WithdrawNotices("acct", "one")
	}))
	expectDue(t, db, "acct", "begun@x n2@x ")
}

func TestNoticeGoesWithItsAccount(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	done := notice("old", "one", "done@x")
	done.DoneAt = done.CreatedAt
	must(t, db.Write(t.Context(), func(w *Writer) error {
		for _, n := range []Notice{notice("old", "one", "n1@x"), done} {
			if err := w.AddNotice(n); err != nil {
				return err
			}
		}
		return w.Put(sample("old", "one"))
	}))
	must(t, db.Move(t.Context(), "old", "new"))
	expectDue(t, db, "old", "")
	expectDue(t, db, "new", "n1@x ")
	_, err := db.Forget(t.Context(), "new", done.DoneAt.Add(time.Second))
	must(t, err)
	var left int
	must(t, db.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM notices").Scan(&left))
	if left != 1 {
		t.Errorf("%d notices are left, want the one to be delivered", left)
	}
}

func TestNoticeRefused(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	for _, n := range []Notice{{}, notice("a b", "one", "n@x"), notice("acct", "", "n@x"), notice("acct", "one", "")} {
		if err := db.Write(t.Context(), func(w *Writer) error { return w.AddNotice(n) }); err == nil {
			t.Errorf("%+v was taken", n)
		}
		if err := db.Write(t.Context(), func(w *Writer) error { return w.PutNotice(n) }); err == nil {
			t.Errorf("%+v was put", n)
		}
		if err := db.Transact(t.Context(), func(tx Tx) error { return tx.AddNotice(n) }); err == nil {
			t.Errorf("%+v was added", n)
		}
	}
}

// What the first release wrote stays.
func TestFromSchema1(t *testing.T) {
	path := tempPath(t)
	rawExec(t, path, schema1, fmt.Sprintf("PRAGMA application_id = %d", applicationID), "PRAGMA user_version = 1",
		"INSERT INTO accounts (name, mailbox, listed) VALUES ('acct', 'u@h:1', 3)")
	db := open(t, path, Options{})
	a, err := db.Account(t.Context(), "acct")
	must(t, err)
	if a.Mailbox != "u@h:1" || a.Listed != 3 || !a.FlawedSince.IsZero() || !a.OneByOneSince.IsZero() {
		t.Errorf("read back: %+v", a)
	}
}
