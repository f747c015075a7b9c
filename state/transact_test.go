package state

import (
	"errors"
	"strings"
	"testing"
)

func TestTransact(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	one, two := sample("acct", "one"), sample("acct", "two")
	two.MessageID = one.MessageID
	// It sees what it has put itself.
	must(t, db.Transact(t.Context(), func(tx Tx) error {
		must(t, tx.Put(one))
		same, err := tx.SameMessageID(one.Destination, one.MessageID)
		if len(same) != 1 {
			t.Errorf("same Message-ID: %+v", same)
		}
		return errors.Join(err, tx.Put(two))
	}))
	boom := errors.New("boom")
	err := db.Transact(t.Context(), func(tx Tx) error {
		held, err := tx.ByGmailID(one.Destination, one.GmailID)
		if err != nil || len(held) != 1 {
			t.Errorf("same Gmail id: %+v, %v", held, err)
		}
		return errors.Join(tx.Put(sample("acct", "three")), boom)
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if err := db.Transact(t.Context(), func(tx Tx) error { return tx.Put(Record{}) }); err == nil {
		t.Error("no error of an invalid record")
	}
	if got := strings.Join(uids(t, db, "acct"), " "); got != "one two" {
		t.Errorf("records are %s", got)
	}
}
