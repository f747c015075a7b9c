package state

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Mode says what a DB is opened for.
type Mode int

const (
	// ReadWrite makes the file when it is missing.
	ReadWrite Mode = iota
	// ReadOnly makes no file and changes none, SQLite's own -wal and -shm
	// excepted. It works while another process writes, and in a folder that
	// cannot be written.
	ReadOnly
)

// Options are those of Open. The zero value opens for reading and writing.
type Options struct {
	Mode Mode
	// CreateParents makes all missing folders of the path. Without it, the
	// file's own folder is made, but not the one that holds it, lest an
	// unmounted volume starts afresh.
	CreateParents bool
	// Logger may be nil.
	Logger *slog.Logger

	// Tests stand in for a network file system, a full disk and a newer
	// popbridge with these.
	networked func(dir string) bool
	maxPages  int
	steps     []string
}

// DB is an open state file. Its methods may be used by many goroutines.
type DB struct {
	path      string
	networked func(dir string) bool
	steps     []string
	maxPages  int
	log       *slog.Logger

	readers *sql.DB
	writer  *writer // nil with ReadOnly
	created bool
	// wal is false with a rollback journal, where a reader holds up writers.
	wal bool
}

// Open opens the state file at path. What is wrong with the file is told by
// an *Error; an empty, foreign or damaged file is never made anew.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	abs, err := resolve(path)
	if err != nil {
		return nil, err
	}
	db := &DB{path: abs, log: o.Logger, networked: o.networked, steps: o.steps, maxPages: o.maxPages}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.networked == nil {
		db.networked = networked
	}
	if db.steps == nil {
		db.steps = migrations()
	}
	if o.Mode == ReadOnly {
		err = db.openReadOnly(ctx)
	} else {
		err = db.openReadWrite(ctx, o.CreateParents)
	}
	if err != nil {
		return nil, db.openFault(err)
	}
	return db, nil
}

// resolve follows a link at path, as SQLite does: its sidecars lie beside the
// file that is meant. A link to nothing is left for missing to tell of.
func resolve(path string) (string, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil && isLink(path) {
		path = target
	}
	return filepath.Abs(path)
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// Created tells whether Open made the file.
func (db *DB) Created() bool { return db.created }

// Path is the absolute path of the file.
func (db *DB) Path() string { return db.path }

// Close waits for the changes that were asked for, and closes the file.
func (db *DB) Close() error {
	err := db.readers.Close()
	if db.writer != nil {
		err = errors.Join(err, db.writer.close())
	}
	return db.fault("close state", err)
}
