package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// create makes the file under another name, complete with its schema, and
// links it into place, so that neither a crash nor a second process at the
// same moment leaves half a state or overwrites one.
func (db *DB) create(ctx context.Context, parents bool) error {
	dir := filepath.Dir(db.path)
	if err := db.makeFolder(dir, parents); err != nil {
		return err
	}
	temp, err := reserveName(dir, "."+filepath.Base(db.path)+".new-*")
	if err != nil {
		return err
	}
	defer removeAll(temp)
	if err := db.build(ctx, temp); err != nil {
		return err
	}
	switch err := place(temp, db.path); {
	case errors.Is(err, fs.ErrExist):
		// Another process was faster; its file serves as well.
		return db.look()
	case err != nil:
		return err
	}
	db.created = true
	db.log.Debug("made state file", "path", db.path)
	return syncDir(dir)
}

// makeFolder makes the file's folder, and with parents those above it.
func (db *DB) makeFolder(dir string, parents bool) error {
	err := os.Mkdir(dir, 0o700)
	switch {
	case err == nil:
		return syncDir(filepath.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case !parents:
		return &Error{Path: db.path, Kind: ParentMissing, Detail: filepath.Dir(dir)}
	}
	if err := db.makeFolder(filepath.Dir(dir), true); err != nil {
		return err
	}
	return db.makeFolder(dir, false)
}

// reserveName makes an empty file that only the user can read.
func reserveName(dir, pattern string) (string, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// build writes the schema into the empty file at temp and syncs it.
func (db *DB) build(ctx context.Context, temp string) error {
	fresh := &DB{path: temp, steps: db.steps, networked: db.networked, log: db.log}
	pool := fresh.pool(writing, 1)
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	err = execute(ctx, conn, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	if err == nil {
		err = fresh.migrate(ctx, conn)
	}
	if err == nil {
		err = fresh.chooseJournal(ctx, conn)
	}
	// Closing moves what is in the write-ahead log into the file.
	if err := errors.Join(err, conn.Close(), pool.Close()); err != nil {
		return err
	}
	return syncFile(temp)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// place gives temp the name path unless that exists (fs.ErrExist).
func place(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return placeByRename(temp, path)
}

// placeByRename is for file systems without hard links (FAT, some network
// ones): a rename replaces what is there, so a lock keeps creators apart.
func placeByRename(temp, path string) error {
	lock := flock.New(path+".new", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock()
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	// Only now: whoever waits for the lock finds the file in place.
	return os.Remove(lock.Path())
}

// removeAll removes a temporary file and its sidecars, as far as it can.
func removeAll(temp string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(temp + suffix)
	}
}
