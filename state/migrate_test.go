package state

import (
	"slices"
	"sync"
	"testing"
)

// grown are the migrations of a popbridge to come.
func grown(more ...string) []string { return slices.Concat(migrations(), more) }

func TestMigrate(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, sample("acct", "one"))
	steps := grown("CREATE TABLE extra (x)", "INSERT INTO extra VALUES (1); INSERT INTO extra VALUES (2)")
	if _, err := Open(t.Context(), path, Options{Mode: ReadOnly, steps: steps}); kind(err) != Older {
		t.Errorf("reading before: %v", err)
	}
	// Two at a time do it once.
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			db, err := Open(t.Context(), path, Options{steps: steps})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	db := open(t, path, Options{Mode: ReadOnly, steps: steps})
	var n int
	must(t, db.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM extra").Scan(&n))
	if n != 2 {
		t.Errorf("%d rows", n)
	}
	if got := uids(t, db, "acct"); len(got) != 1 {
		t.Errorf("records are %v", got)
	}
}

func TestMigrateFailsWhole(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, sample("acct", "one"))
	_, err := Open(t.Context(), path, Options{steps: grown("CREATE TABLE extra (x); INSERT INTO nowhere VALUES (1)")})
	if err == nil {
		t.Fatal("no error")
	}
	db := open(t, path, Options{})
	var n int
	must(t, db.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_master WHERE name = 'extra'").Scan(&n))
	if n != 0 {
		t.Error("half a step was kept")
	}
}

// A newer popbridge may start while this one runs.
func TestMigratedMeanwhile(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{})
	must(t, db.Put(t.Context(), sample("acct", "one")))
	open(t, path, Options{steps: grown("CREATE TABLE extra (x)")})
	if err := db.Put(t.Context(), sample("acct", "two")); kind(err) != Newer {
		t.Errorf("Put: %v", err)
	}
}
