package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
)

// maxGroup bounds the requests that share a transaction.
const maxGroup = 64

// writer owns the one connection that changes the file. While it commits,
// requests gather; the next transaction takes them together.
type writer struct {
	db      *DB
	pool    *sql.DB
	tx      tx
	queue   *queue
	stopped chan struct{}
	// stmts are those of tx. A sql.Conn does not close its statements, and
	// SQLite keeps the file open until the last of them is.
	stmts []*sql.Stmt
}

func newWriter(db *DB, pool *sql.DB, conn *sql.Conn) *writer {
	return &writer{db: db, pool: pool, tx: tx{conn: conn}, queue: newQueue(), stopped: make(chan struct{})}
}

// prepare compiles the statements of every transaction, which also shows
// that the tables are there.
func (w *writer) prepare(ctx context.Context) error {
	for _, s := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&w.tx.version, "PRAGMA user_version"},
		{&w.tx.put, replaceInto("messages", messageColumns)},
		{&w.tx.remove, "DELETE FROM messages WHERE account = ? AND uid = ?"},
		{&w.tx.putAccount, replaceInto("accounts", accountColumns)},
		{&w.tx.lastSlot, "SELECT last FROM quota WHERE destination = ?"},
		{&w.tx.putSlot, "INSERT OR REPLACE INTO quota (destination, last) VALUES (?, ?)"},
	} {
		stmt, err := w.tx.conn.PrepareContext(ctx, s.text)
		if err != nil {
			return err
		}
		*s.stmt = stmt
		w.stmts = append(w.stmts, stmt)
	}
	return nil
}

// write asks for apply to be run in a transaction, and waits until that is on
// disk. Once a transaction has taken it up, ctx no longer counts, so that the
// outcome is known.
func (db *DB) write(ctx context.Context, doing string, apply func(*tx) error) error {
	if db.writer == nil {
		return &Error{Path: db.path, Kind: Unwritable, Detail: "it was opened for reading only"}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	r := &request{apply: apply, done: make(chan error, 1)}
	if !db.writer.queue.add(r) {
		return fmt.Errorf("%s: %w", doing, ErrClosed)
	}
	select {
	case err := <-r.done:
		return db.fault(doing, err)
	case <-ctx.Done():
	}
	if db.writer.queue.withdraw(r) {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	return db.fault(doing, <-r.done)
}

// loop runs until the queue is closed and empty.
func (w *writer) loop() {
	defer close(w.stopped)
	for range w.queue.wake {
		for !w.queue.empty() {
			w.group()
		}
	}
	for !w.queue.empty() {
		w.group()
	}
}

// group is one transaction. The lock is waited for first: meanwhile requests
// may join, and be withdrawn.
func (w *writer) group() {
	err := w.begin()
	batch := w.queue.take(maxGroup)
	results := make([]error, len(batch))
	if err == nil {
		if err = w.apply(batch, results); err == nil {
			err = w.tx.exec("COMMIT")
		}
		if err != nil {
			// SQLite has done so already after some errors, and then says no.
			_ = w.tx.exec("ROLLBACK")
		}
	}
	for i, r := range batch {
		if err != nil {
			results[i] = err
		}
		r.done <- results[i]
	}
}

// begin takes the write lock, and sees that no newer popbridge has changed
// the schema meanwhile.
func (w *writer) begin() error {
	if err := w.tx.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	var version int
	err := w.tx.version.QueryRow().Scan(&version)
	if err == nil && version > len(w.db.steps) {
		err = w.db.newer(version)
	}
	if err != nil {
		_ = w.tx.exec("ROLLBACK")
	}
	return err
}

// apply runs each request in a savepoint of its own. A request that fails
// leaves the others alone, unless the file itself is at fault.
func (w *writer) apply(batch []*request, results []error) error {
	for i, r := range batch {
		if err := w.tx.exec("SAVEPOINT request"); err != nil {
			return err
		}
		err := w.attempt(r)
		if err != nil {
			if resultCode(err) != 0 && kindOf(err) != 0 {
				return err
			}
			results[i] = err
			if err := w.tx.exec("ROLLBACK TO request"); err != nil {
				return err
			}
		}
		if err := w.tx.exec("RELEASE request"); err != nil {
			return err
		}
	}
	return nil
}

// attempt runs one request. A bug in it is for who asked: beyond this
// goroutine nobody could catch it, and all accounts would end with it.
func (w *writer) attempt(r *request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a bug: %T: %s", p, debug.Stack())
		}
	}()
	return r.apply(&w.tx)
}

// close waits for what is queued, then closes the connection.
func (w *writer) close() error {
	w.queue.close()
	<-w.stopped
	return w.disconnect()
}

// disconnect closes what prepare and newWriter were given. The last process
// to do so moves the write-ahead log into the file and removes it.
func (w *writer) disconnect() error {
	var err error
	for _, s := range w.stmts {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, w.tx.conn.Close(), w.pool.Close())
}
