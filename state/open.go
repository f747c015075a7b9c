package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// maxReaders bounds the connections that read at a time.
const maxReaders = 4

// look tells whether the file is there, and refuses what SQLite would take
// for a database without content. It does not open the file: closing it would
// drop the POSIX locks of another DB of this process
// (https://www.sqlite.org/howtocorrupt.html section 2.2).
func (db *DB) look() error {
	info, err := os.Stat(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		return db.missing()
	}
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return &Error{Path: db.path, Kind: Unwritable, Detail: "it is a folder"}
	case !info.Mode().IsRegular():
		return &Error{Path: db.path, Kind: Unwritable, Detail: "it is not a regular file"}
	case info.Size() == 0:
		return db.damaged("it is empty")
	}
	return nil
}

// missing sees to it that a file counts as missing only where nothing speaks
// for one that was there.
func (db *DB) missing() error {
	if target, err := os.Readlink(db.path); err == nil {
		return &Error{Path: db.path, Kind: ParentMissing, Detail: filepath.Dir(target) + ", or what it links to there,"}
	}
	if name := db.unsaved(); name != "" {
		return db.damaged("it is gone, but its %s is there; put the file back, or move that one away to start afresh", name)
	}
	return &Error{Path: db.path, Kind: Missing}
}

// unsaved names a sidecar that holds content, "" where there is none.
func (db *DB) unsaved() string {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(db.path + suffix); err == nil && info.Size() > 0 {
			return filepath.Base(db.path) + suffix
		}
	}
	return ""
}

func (db *DB) openReadWrite(ctx context.Context, parents bool) error {
	err := db.look()
	if errors.Is(err, ErrMissing) {
		err = db.create(ctx, parents)
	}
	if err != nil {
		return err
	}
	pool := db.pool(writing, 1)
	conn, err := db.connectWriter(ctx, pool)
	if err != nil {
		return errors.Join(db.explain(err, os.O_RDWR), pool.Close())
	}
	db.writer = newWriter(db, pool, conn)
	// The journal comes last: it changes a file that is known to be sound.
	err = db.schemaFault(db.writer.prepare(ctx))
	if err == nil {
		err = db.chooseJournal(ctx, conn)
	}
	if err == nil && db.wal {
		// What a killed process wrote may not be on the disk yet: without
		// this it would be acted upon before the next commit syncs it.
		err = execute(ctx, conn, "PRAGMA wal_checkpoint(PASSIVE)")
	}
	if err != nil {
		return errors.Join(err, db.writer.disconnect())
	}
	db.readers = db.pool(reading, maxReaders)
	go db.writer.loop()
	return nil
}

// connectWriter gives a connection to a file that is ours, up to date and can
// be written: migrate takes the write lock in any case.
func (db *DB) connectWriter(ctx context.Context, pool *sql.DB) (*sql.Conn, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err = db.inspect(ctx, conn); err == nil {
		err = db.schemaFault(db.migrate(ctx, conn))
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func (db *DB) openReadOnly(ctx context.Context) error {
	if err := db.look(); err != nil {
		return err
	}
	err := db.tryReading(ctx, readOnly)
	switch code := resultCode(err); {
	case code == sqlite3.SQLITE_READONLY_ROLLBACK:
		// A crash left a rollback journal: until its pages are put back the
		// file cannot be read. That is SQLite's own business, no change.
		err = db.tryReading(ctx, reading)
	case (code == sqlite3.SQLITE_IOERR_SHMSIZE || code == sqlite3.SQLITE_IOERR_SHMOPEN) && db.unsaved() == "":
		// The disk is so full that the shared memory has no room.
		err = db.tryReading(ctx, immutable)
	case code&0xff == sqlite3.SQLITE_CANTOPEN || code&0xff == sqlite3.SQLITE_READONLY:
		if name := db.unsaved(); name != "" {
			return &Error{Path: db.path, Kind: Unwritable, Err: err,
				Detail: fmt.Sprintf("its %s cannot be used in a folder that cannot be written", name)}
		}
		err = db.tryReading(ctx, immutable)
	}
	return db.explain(err, os.O_RDONLY)
}

// tryReading opens the pool of readers and looks whether it works.
func (db *DB) tryReading(ctx context.Context, a access) error {
	pool := db.pool(a, maxReaders)
	if err := db.checkReading(ctx, pool); err != nil {
		return errors.Join(err, pool.Close())
	}
	db.readers = pool
	return nil
}

func (db *DB) checkReading(ctx context.Context, pool *sql.DB) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	version, err := db.inspect(ctx, conn)
	if err != nil {
		return err
	}
	if version < len(db.steps) {
		return &Error{Path: db.path, Kind: Older, Detail: db.schemas(version)}
	}
	mode, err := journalMode(ctx, conn)
	if err != nil {
		return err
	}
	db.wal = mode == "wal"
	for _, query := range []string{selectMessages, selectAccounts} {
		rows, err := conn.QueryContext(ctx, query+" LIMIT 0")
		if err != nil {
			return db.schemaFault(err)
		}
		rows.Close()
	}
	return nil
}

func (db *DB) pool(a access, conns int) *sql.DB {
	var more []string
	if db.maxPages > 0 && a == writing {
		more = append(more, fmt.Sprintf("max_page_count(%d)", db.maxPages))
	}
	// The driver's Open never fails: it connects when first used.
	pool, err := sql.Open("sqlite", dsn(db.path, a, more...))
	if err != nil {
		panic(err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool
}

// schemaFault calls a file damaged that says it is ours but lacks a table or
// a column.
func (db *DB) schemaFault(err error) error {
	if resultCode(err) == sqlite3.SQLITE_ERROR {
		return &Error{Path: db.path, Kind: Damaged, Err: err}
	}
	return err
}

// explain asks the system why SQLite could not open the file, since SQLite
// does not tell. SQLite does not have it open then, so its locks are safe.
func (db *DB) explain(err error, flag int) error {
	if resultCode(err)&0xff != sqlite3.SQLITE_CANTOPEN {
		return err
	}
	f, cause := os.OpenFile(db.path, flag, 0)
	if cause != nil {
		return cause
	}
	return errors.Join(err, f.Close())
}
