package state

import (
	"context"
	"database/sql"
)

// Records gives all rows of an account, ordered by the octets of the UID.
// Times have microseconds.
func (db *DB) Records(ctx context.Context, account string) ([]Record, error) {
	return db.records(ctx, "WHERE account = ? ORDER BY uid", account)
}

// Rows gives those of an account's rows that have one of the UIDs, in their
// order.
func (db *DB) Rows(ctx context.Context, account string, uids ...string) ([]Record, error) {
	records, err := db.rows(ctx, account, uids)
	return records, db.fault("read records", unlessDone(ctx, err))
}

// unlessDone takes what SQLite says of a query that was interrupted for the
// interruption.
func unlessDone(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (db *DB) rows(ctx context.Context, account string, uids []string) ([]Record, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	stmt, err := db.readers.PrepareContext(ctx, selectMessages+" WHERE account = ? AND uid = ?")
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	records := make([]Record, 0, len(uids))
	scanner := newMessageScanner()
	for _, uid := range uids {
		rows, err := stmt.QueryContext(ctx, account, []byte(uid))
		if err != nil {
			return nil, err
		}
		found, err := collect(rows, scanner.scan)
		if err != nil {
			return nil, err
		}
		records = append(records, found...)
	}
	return records, nil
}

// SameMessageID gives the rows of all accounts that go to destination and
// have the Message-ID, none for an empty one.
func (db *DB) SameMessageID(ctx context.Context, destination, messageID string) ([]Record, error) {
	// The comparison with '' lets SQLite use the partial index.
	return db.records(ctx, "WHERE destination = ? AND message_id = ? AND message_id <> '' ORDER BY account, uid", destination, messageID)
}

// ByGmailID gives the rows of all accounts that were imported into
// destination and acknowledged with the id, none for an empty one.
func (db *DB) ByGmailID(ctx context.Context, destination, gmailID string) ([]Record, error) {
	return db.records(ctx, "WHERE destination = ? AND gmail_id = ? AND gmail_id <> '' ORDER BY account, uid", destination, gmailID)
}

func (db *DB) records(ctx context.Context, where string, args ...any) ([]Record, error) {
	rows, err := db.readers.QueryContext(ctx, selectMessages+" "+where, args...)
	if err != nil {
		return nil, db.fault("read records", unlessDone(ctx, err))
	}
	records, err := collect(rows, newMessageScanner().scan)
	return records, db.fault("read records", unlessDone(ctx, err))
}

// Account gives what is known of an account; of an unknown one, that is its
// name.
func (db *DB) Account(ctx context.Context, name string) (Account, error) {
	accounts, err := db.accounts(ctx, "WHERE name = ?", name)
	if err != nil || len(accounts) == 0 {
		return Account{Name: name}, err
	}
	return accounts[0], nil
}

// AccountsOf gives the accounts whose mailbox was this one, by name.
func (db *DB) AccountsOf(ctx context.Context, mailbox string) ([]Account, error) {
	return db.accounts(ctx, "WHERE mailbox = ? ORDER BY name", mailbox)
}

func (db *DB) accounts(ctx context.Context, where string, args ...any) ([]Account, error) {
	rows, err := db.readers.QueryContext(ctx, selectAccounts+" "+where, args...)
	if err != nil {
		return nil, db.fault("read accounts", err)
	}
	accounts, err := collect(rows, scanAccount)
	return accounts, db.fault("read accounts", err)
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows, *T) error) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		all = append(all, *new(T))
		if err := scan(rows, &all[len(all)-1]); err != nil {
			return nil, scanFault(rows, err)
		}
	}
	return all, rows.Err()
}

// misfit is a value in the file that does not fit its field.
type misfit struct{ error }

// scanFault calls an error of Scan a misfit, unless it is but the consequence
// of an earlier one.
func scanFault(rows *sql.Rows, err error) error {
	if earlier := rows.Err(); earlier != nil {
		return earlier
	}
	return misfit{err}
}
