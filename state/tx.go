package state

import (
	"context"
	"database/sql"
	"errors"
)

// tx makes changes within the writer's transaction. Its statements run
// without a context: a caller that goes away must not interrupt the requests
// that share the transaction.
type tx struct {
	conn *sql.Conn
	// prepared are the statements by their text: to compile one takes longer
	// than to run it. The texts are constant, so there are few.
	prepared map[string]*sql.Stmt
	scanner  *messageScanner
}

// stmt gives a statement, which it compiles the first time.
func (t *tx) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := t.prepared[text]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(ctx, text)
	if err == nil {
		t.prepared[text] = s
	}
	return s, err
}

// closeStmts closes all statements. A sql.Conn does not, and SQLite keeps the
// file open until the last of them is.
func (t *tx) closeStmts() (err error) {
	for _, s := range t.prepared {
		err = errors.Join(err, s.Close())
	}
	return err
}

func (t *tx) exec(text string, args ...any) error {
	_, err := t.run(text, args...)
	return err
}

// change tells how many rows it changed.
func (t *tx) change(text string, args ...any) (int, error) {
	result, err := t.run(text, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

func (t *tx) run(text string, args ...any) (sql.Result, error) {
	s, err := t.stmt(context.Background(), text)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

func (t *tx) exists(text string, args ...any) (found bool, err error) {
	row, err := t.row("SELECT EXISTS ("+text+")", args...)
	if err != nil {
		return false, err
	}
	err = row.Scan(&found)
	return found, err
}

// userVersion is the number of migrations that the file has behind it.
func (t *tx) userVersion() (version int, err error) {
	row, err := t.row("PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	err = row.Scan(&version)
	return version, err
}

func (t *tx) row(text string, args ...any) (*sql.Row, error) {
	s, err := t.stmt(context.Background(), text)
	if err != nil {
		return nil, err
	}
	return s.QueryRow(args...), nil
}

func (t *tx) records(where string, args ...any) ([]Record, error) {
	s, err := t.stmt(context.Background(), selectMessages+" "+where)
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, t.scanner.scan)
}

func (t *tx) putRecord(r *Record) error { return t.exec(putMessage, messageValues(r)...) }

func (t *tx) removeUID(account, uid string) error {
	return t.exec(removeMessage, account, []byte(uid))
}

func (t *tx) putAccountRow(a *Account) error { return t.exec(putAccount, accountValues(a)...) }
