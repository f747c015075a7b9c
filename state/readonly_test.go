package state

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadOnlyMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "state.db")
	_, err := Open(t.Context(), path, Options{Mode: ReadOnly, CreateParents: true})
	if !errors.Is(err, ErrMissing) || kind(err) != Missing {
		t.Errorf("Open: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("the folder was made")
	}
}

func TestReadOnlyChangesNothing(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		path := tempPath(t)
		makeFile(t, path, Options{networked: onNetwork(journal)}, sample("acct", "one"))
		before, err := os.ReadFile(path)
		must(t, err)
		db := open(t, path, Options{Mode: ReadOnly})
		if got := uids(t, db, "acct"); len(got) != 1 {
			t.Errorf("records are %v", got)
		}
		if err := db.Put(t.Context(), sample("acct", "two")); kind(err) != Unwritable {
			t.Errorf("Put: %v", err)
		}
		if _, err := db.readers.ExecContext(t.Context(), "DELETE FROM messages"); err == nil {
			t.Error("a reader could delete")
		}
		after, err := os.ReadFile(path)
		must(t, err)
		if string(before) != string(after) {
			t.Error("the file has changed")
		}
		for name := range strings.FieldsSeq(list(t, filepath.Dir(path))) {
			if name != "state.db" && name != "state.db-wal" && name != "state.db-shm" {
				t.Errorf("made %s", name)
			}
		}
	})
}

// blockSidecar keeps SQLite from making its shared memory, as a folder that
// cannot be written does, and does so for root too: SQLite follows no link.
func blockSidecar(t *testing.T, path string) {
	t.Helper()
	must(t, os.Symlink("nowhere", path+"-shm"))
}

func TestReadOnlyWithoutSidecars(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, sample("acct", "one"))
	blockSidecar(t, path)
	db := open(t, path, Options{Mode: ReadOnly})
	if got := uids(t, db, "acct"); len(got) != 1 {
		t.Errorf("records are %v", got)
	}
}

// What is in the log must not be passed over.
func TestReadOnlyWithoutSidecarsButALog(t *testing.T) {
	path := tempPath(t)
	copied := filepath.Join(t.TempDir(), "state.db")
	db := open(t, path, Options{})
	must(t, db.Put(t.Context(), sample("acct", "one")))
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		must(t, err)
		must(t, os.WriteFile(copied+suffix, content, 0o600))
	}
	blockSidecar(t, copied)
	_, err := Open(t.Context(), copied, Options{Mode: ReadOnly})
	if kind(err) != Unwritable || !strings.Contains(err.Error(), "state.db-wal") {
		t.Errorf("Open: %v", err)
	}
	must(t, os.Remove(copied+"-shm"))
	if got := uids(t, open(t, copied, Options{Mode: ReadOnly}), "acct"); len(got) != 1 {
		t.Errorf("records are %v", got)
	}
}

// A copy of file and rollback journal in mid-transaction is what a crash
// leaves.
func TestReadOnlyAfterCrash(t *testing.T) {
	path := tempPath(t)
	copied := filepath.Join(t.TempDir(), "state.db")
	makeFile(t, path, Options{networked: onNetwork("delete")}, samples("acct", 100)...)
	pool := raw(t, path)
	for _, s := range []string{"PRAGMA cache_size = 1", "PRAGMA cache_spill = 1", "BEGIN IMMEDIATE", "UPDATE messages SET status = 'refused'"} {
		_, err := pool.ExecContext(t.Context(), s)
		must(t, err)
	}
	for _, suffix := range []string{"", "-journal"} {
		content, err := os.ReadFile(path + suffix)
		must(t, err)
		must(t, os.WriteFile(copied+suffix, content, 0o600))
	}
	must(t, pool.Close())

	db := open(t, copied, Options{Mode: ReadOnly})
	records, err := db.Records(t.Context(), "acct")
	must(t, err)
	for _, r := range records {
		if r.Status != Imported {
			t.Fatalf("%s is %s", r.UID, r.Status)
		}
	}
	if len(records) != 100 {
		t.Errorf("%d records", len(records))
	}
}

// Each Write is seen whole or not at all.
func TestReaderDuringWriter(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		path := tempPath(t)
		writer := open(t, path, Options{networked: onNetwork(journal)})
		pair := func(n int) []Record {
			a, b := sample("acct", "a"), sample("acct", "b")
			a.Attempts, b.Attempts = n, n
			return []Record{a, b}
		}
		must(t, writer.Put(t.Context(), pair(0)...))
		reader := open(t, path, Options{Mode: ReadOnly})
		done := make(chan error, 1)
		go func() {
			var err error
			for n := 1; n <= 100 && err == nil; n++ {
				err = writer.Put(t.Context(), pair(n)...)
			}
			done <- err
		}()
		for last := 0; last < 100; {
			records, err := reader.Records(t.Context(), "acct")
			must(t, err)
			if len(records) != 2 || records[0].Attempts != records[1].Attempts || records[0].Attempts < last {
				t.Fatalf("after %d: %+v", last, records)
			}
			last = records[0].Attempts
			select {
			case err := <-done:
				must(t, err)
				done <- nil
			default:
			}
		}
		must(t, <-done)
	})
}
