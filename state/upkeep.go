package state

import (
	"context"
	"fmt"
	"time"
)

// Forget removes the rows of an account that no listing has any more and that
// were last listed (or else first seen) before the time, and tells how many.
func (db *DB) Forget(ctx context.Context, account string, lastListedBefore time.Time) (n int, err error) {
	err = db.write(ctx, "forget old records", func(t *tx) error {
		n, err = t.change("DELETE FROM messages WHERE account = ? AND listed = 0 AND COALESCE(last_listed, first_seen) < ?",
			account, lastListedBefore.UnixMicro())
		if err != nil {
			return err
		}
		// A notice is remembered for as long, lest it be sent again.
		return t.exec("DELETE FROM notices WHERE account = ? AND done_at < ?", account, lastListedBefore.UnixMicro())
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Move gives an account's rows another name. It fails with ErrUnknownAccount
// where nothing is known of the old name, and with ErrAccountExists where the
// new one has records. Neither account may be locked by a run.
func (db *DB) Move(ctx context.Context, oldName, newName string) error {
	if err := CheckName(newName); err != nil {
		return err
	}
	if oldName == newName {
		return fmt.Errorf("move %s: %w", oldName, ErrAccountExists)
	}
	return db.write(ctx, "move account", func(t *tx) error { return t.move(oldName, newName) })
}

func (t *tx) move(oldName, newName string) error {
	known, err := t.exists("SELECT 1 FROM messages WHERE account = ?1 UNION ALL SELECT 1 FROM accounts WHERE name = ?1", oldName)
	if err == nil && !known {
		err = fmt.Errorf("%s: %w", oldName, ErrUnknownAccount)
	}
	if err != nil {
		return err
	}
	taken, err := t.exists("SELECT 1 FROM messages WHERE account = ?", newName)
	if err == nil && taken {
		err = fmt.Errorf("%s: %w", newName, ErrAccountExists)
	}
	if err != nil {
		return err
	}
	if err := t.exec("UPDATE messages SET account = ? WHERE account = ?", newName, oldName); err != nil {
		return err
	}
	if err := t.exec("UPDATE notices SET account = ? WHERE account = ?", newName, oldName); err != nil {
		return err
	}
	// A row of the new name without records is what a failed run left.
	return t.exec("UPDATE OR REPLACE accounts SET name = ? WHERE name = ?", newName, oldName)
}
