package state

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// resultCode gives SQLite's extended result code, 0 where err has none
// (https://www.sqlite.org/rescode.html).
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// kindOf tells which fault of the file SQLite's error stands for, 0 for none.
func kindOf(err error) Kind {
	if _, ok := errors.AsType[misfit](err); ok {
		return Damaged
	}
	code := resultCode(err)
	switch code {
	case sqlite3.SQLITE_IOERR_SHMSIZE:
		// The shared memory file could not grow.
		return Full
	case sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS:
		return Damaged
	}
	switch code & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Damaged
	case sqlite3.SQLITE_FULL:
		return Full
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return Unwritable
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return Busy
	}
	return 0
}

// kindOfSystem does the same for errors of the operating system that come of
// looking for the file and making it.
func kindOfSystem(err error) Kind {
	if errors.Is(err, syscall.ENOSPC) {
		return Full
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return Unwritable
	}
	return 0
}

// fault turns err into an *Error where it tells of the file as a whole, and
// otherwise says what was being done.
func (db *DB) fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	return db.faultOf(kindOf(err), doing, err)
}

// openFault is fault for Open, where no error comes from a caller.
func (db *DB) openFault(err error) error {
	kind := kindOf(err)
	if kind == 0 {
		kind = kindOfSystem(err)
	}
	return db.faultOf(kind, "open state file "+db.path, err)
}

func (db *DB) faultOf(kind Kind, doing string, err error) error {
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	if kind != 0 {
		return &Error{Path: db.path, Kind: kind, Err: err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// damaged is the *Error of a file in which popbridge itself sees the fault.
func (db *DB) damaged(format string, args ...any) error {
	return &Error{Path: db.path, Kind: Damaged, Detail: fmt.Sprintf(format, args...)}
}
