package state

import (
	"context"
	"fmt"
)

// Tx reads and changes the state with nobody coming between.
type Tx struct{ t *tx }

// Transact runs apply within a transaction, and returns once what it changed
// is on disk; with an error of apply, nothing is changed. Apply runs on
// another goroutine and holds up all writers, so it only calculates. It may
// be run twice, on the same state; only the second time counts then. When ctx
// is done before a transaction has taken it up, it is not run.
func (db *DB) Transact(ctx context.Context, apply func(Tx) error) error {
	return db.write(ctx, "write state", func(t *tx) error { return apply(Tx{t}) })
}

// Put is as [Writer.Put].
func (x Tx) Put(records ...Record) error {
	for i := range records {
		if err := records[i].check(); err != nil {
			return err
		}
		if err := x.t.putRecord(&records[i]); err != nil {
			return fmt.Errorf("record %s/%s: %w", records[i].Account, EscapeUID(records[i].UID), err)
		}
	}
	return nil
}

// Record gives a row; ok is false where there is none.
func (x Tx) Record(account, uid string) (r Record, ok bool, err error) {
	rows, err := x.t.records("WHERE account = ? AND uid = ?", account, []byte(uid))
	if err != nil || len(rows) == 0 {
		return Record{}, false, err
	}
	return rows[0], true, nil
}

// SameMessageID is as [DB.SameMessageID].
func (x Tx) SameMessageID(destination, messageID string) ([]Record, error) {
	return x.t.records("WHERE destination = ? AND message_id = ? AND message_id <> '' ORDER BY account, uid", destination, messageID)
}

// ByGmailID is as [DB.ByGmailID].
func (x Tx) ByGmailID(destination, gmailID string) ([]Record, error) {
	return x.t.records("WHERE destination = ? AND gmail_id = ? AND gmail_id <> '' ORDER BY account, uid", destination, gmailID)
}
