package state

import (
	"context"
	"database/sql"
)

// tx makes changes within the writer's transaction. Its statements run
// without a context: a caller that goes away must not interrupt the requests
// that share the transaction.
type tx struct {
	conn                                                *sql.Conn
	version, put, remove, putAccount, lastSlot, putSlot *sql.Stmt
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.change(query, args...)
	return err
}

// change tells how many rows it changed.
func (t *tx) change(query string, args ...any) (int, error) {
	result, err := t.conn.ExecContext(context.Background(), query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

func (t *tx) exists(query string, args ...any) (found bool, err error) {
	err = t.conn.QueryRowContext(context.Background(), "SELECT EXISTS ("+query+")", args...).Scan(&found)
	return found, err
}

func (t *tx) putRecord(r *Record) error {
	_, err := t.put.Exec(messageValues(r)...)
	return err
}

func (t *tx) removeUID(account, uid string) error {
	_, err := t.remove.Exec(account, []byte(uid))
	return err
}

func (t *tx) putAccountRow(a *Account) error {
	_, err := t.putAccount.Exec(accountValues(a)...)
	return err
}
