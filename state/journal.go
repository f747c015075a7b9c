package state

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
)

// chooseJournal sets the journal that suits the file system. The write-ahead
// log lets readers and the writer work side by side, but its shared memory
// does not work across machines (https://www.sqlite.org/wal.html).
func (db *DB) chooseJournal(ctx context.Context, conn *sql.Conn) error {
	want := "wal"
	if db.networked(filepath.Dir(db.path)) {
		want = "delete"
	}
	mode, err := journalMode(ctx, conn)
	if err == nil && mode != want {
		mode, err = switchJournal(ctx, conn, want)
		if err != nil && kindOf(err) == Busy {
			// Another process has the file open; the next run tries again.
			db.log.Warn("state file keeps its journal for now", "path", db.path, "want", want)
			mode, err = journalMode(ctx, conn)
		}
	}
	db.wal = mode == "wal"
	return err
}

// switchJournal does not wait for other processes: they may have the file
// open for hours.
func switchJournal(ctx context.Context, conn *sql.Conn, want string) (mode string, err error) {
	if err := execute(ctx, conn, "PRAGMA busy_timeout = 0"); err != nil {
		return "", err
	}
	err = conn.QueryRowContext(ctx, "PRAGMA journal_mode = "+want).Scan(&mode)
	restore := "PRAGMA busy_timeout = " + strconv.FormatInt(BusyTimeout.Milliseconds(), 10)
	if err2 := execute(ctx, conn, restore); err == nil {
		err = err2
	}
	return strings.ToLower(mode), err
}

func journalMode(ctx context.Context, conn *sql.Conn) (mode string, err error) {
	err = conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	return strings.ToLower(mode), err
}

// Networked tells whether a folder lies on a file system that other machines
// may use at the same time; false where the system doesn't tell.
func Networked(dir string) bool { return networked(dir) }
