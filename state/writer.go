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
}

func newWriter(db *DB, pool *sql.DB, conn *sql.Conn) *writer {
	t := tx{conn: conn, prepared: map[string]*sql.Stmt{}, scanner: newMessageScanner()}
	return &writer{db: db, pool: pool, tx: t, queue: newQueue(), stopped: make(chan struct{})}
}

// prepare compiles the statements that change things, which also shows that
// the tables are there.
func (w *writer) prepare(ctx context.Context) error {
	for _, text := range []string{putMessage, removeMessage, putAccount, putQuota} {
		if _, err := w.tx.stmt(ctx, text); err != nil {
			return err
		}
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
	version, err := w.tx.userVersion()
	if err == nil && version > len(w.db.steps) {
		err = w.db.newer(version)
	}
	if err != nil {
		_ = w.tx.exec("ROLLBACK")
	}
	return err
}

// apply runs the requests of a transaction. One that fails leaves the others
// alone, unless the file itself is at fault.
func (w *writer) apply(batch []*request, results []error) error {
	if len(batch) == 1 {
		return w.attempt(batch[0])
	}
	if err := w.tx.exec("SAVEPOINT batch"); err != nil {
		return err
	}
	// One savepoint for all costs a copy of each page that they change,
	// and one for each request a copy for each.
	failed, err := w.together(batch)
	if !failed || err != nil {
		return err
	}
	if err := w.tx.exec("ROLLBACK TO batch"); err != nil {
		return err
	}
	return w.apart(batch, results)
}

// together runs the requests up to the first that fails by itself.
func (w *writer) together(batch []*request) (failed bool, err error) {
	for _, r := range batch {
		if err := w.attempt(r); err != nil {
			if ofFile(err) {
				return false, err
			}
			return true, nil
		}
	}
	return false, nil
}

// apart runs each request in a savepoint of its own.
func (w *writer) apart(batch []*request, results []error) error {
	for i, r := range batch {
		if err := w.tx.exec("SAVEPOINT request"); err != nil {
			return err
		}
		if results[i] = w.attempt(r); results[i] != nil {
			if ofFile(results[i]) {
				return results[i]
			}
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

// ofFile tells that not the request is at fault, but the file.
func ofFile(err error) bool { return resultCode(err) != 0 && kindOf(err) != 0 }

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
	return errors.Join(w.tx.closeStmts(), w.tx.conn.Close(), w.pool.Close())
}
