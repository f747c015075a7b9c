package state

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// kind is the Kind of an error's *Error, 0 where it has none.
func kind(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}

func TestOpenMakesFileOnce(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		path := tempPath(t)
		db, err := Open(t.Context(), path, Options{networked: onNetwork(journal)})
		must(t, err)
		if !db.Created() || db.Path() != path {
			t.Errorf("created %v, path %s", db.Created(), db.Path())
		}
		must(t, db.Put(t.Context(), sample("acct", "one")))
		if got := uids(t, db, "acct"); len(got) != 1 {
			t.Errorf("records are %v", got)
		}
		must(t, db.Close())
		info, err := os.Stat(path)
		must(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("mode is %v", info.Mode())
		}
		if names := list(t, filepath.Dir(path)); names != "state.db" {
			t.Errorf("folder holds %s", names)
		}
		if db := open(t, path, Options{}); db.Created() {
			t.Error("created again")
		}
	})
}

func TestOpenSetsMarksAndJournal(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		path := tempPath(t)
		db := open(t, path, Options{networked: onNetwork(journal)})
		conn, err := db.readers.Conn(t.Context())
		must(t, err)
		defer conn.Close()
		for pragma, want := range map[string]string{
			"application_id": "1886351458", "user_version": strconv.Itoa(len(migrations())), "journal_mode": journal, "query_only": "1",
		} {
			var got string
			must(t, conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
			if got != want {
				t.Errorf("%s is %s, want %s", pragma, got, want)
			}
		}
		var synchronous int
		must(t, db.writer.tx.conn.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&synchronous))
		if synchronous != 3 {
			t.Errorf("synchronous is %d, want 3 (EXTRA)", synchronous)
		}
	})
}

func TestOpenSwitchesJournal(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, sample("acct", "one"))
	makeFile(t, path, Options{networked: onNetwork("delete")}, sample("acct", "two"))
	db := open(t, path, Options{networked: onNetwork("delete")})
	if db.wal {
		t.Error("journal is still the write-ahead log")
	}
	if got := uids(t, db, "acct"); len(got) != 2 {
		t.Errorf("records are %v", got)
	}
	// While another has the file open the journal stays, and that is no error.
	other := open(t, path, Options{networked: onNetwork("wal")})
	must(t, other.Put(t.Context(), sample("acct", "three")))
	if got := uids(t, db, "acct"); len(got) != 3 {
		t.Errorf("records are %v", got)
	}
}

func TestOpenFolders(t *testing.T) {
	dir := t.TempDir()
	far := filepath.Join(dir, "volume", "popbridge", "state.db")
	_, err := Open(t.Context(), far, Options{})
	if kind(err) != ParentMissing || !strings.Contains(err.Error(), filepath.Join(dir, "volume")+" does not exist") {
		t.Errorf("without parents: %v", err)
	}
	if names := list(t, dir); names != "" {
		t.Errorf("folder holds %s", names)
	}
	open(t, filepath.Join(dir, "near", "state.db"), Options{})
	open(t, far, Options{CreateParents: true})
	info, err := os.Stat(filepath.Join(dir, "volume"))
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("mode is %v", info.Mode())
	}
}

func TestOpenNamesThatNeedEscapes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%41&e", "st%20ate.db")
	makeFile(t, path, Options{CreateParents: true}, sample("acct", "one"))
	if names := list(t, filepath.Dir(path)); names != "st%20ate.db" {
		t.Errorf("folder holds %s", names)
	}
	if got := uids(t, open(t, path, Options{Mode: ReadOnly}), "acct"); len(got) != 1 {
		t.Errorf("records are %v", got)
	}
}

func TestOpenLink(t *testing.T) {
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link.db"), filepath.Join(dir, "target.db")
	must(t, os.Symlink(target, link))
	if _, err := Open(t.Context(), link, Options{}); kind(err) != ParentMissing {
		t.Errorf("link to nothing: %v", err)
	}
	makeFile(t, target, Options{}, sample("acct", "one"))
	if got := uids(t, open(t, link, Options{}), "acct"); len(got) != 1 {
		t.Errorf("records are %v", got)
	}
}

// Many who find no file at the same moment end up with one and the same.
func TestOpenRace(t *testing.T) {
	path := tempPath(t)
	var mu sync.Mutex
	var created int
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			db, err := Open(t.Context(), path, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(db.Put(t.Context(), sample("acct", string(rune('a'+i)))), db.Close()); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if db.Created() {
				created++
			}
		})
	}
	wg.Wait()
	if created != 1 {
		t.Errorf("created %d times", created)
	}
	if got := strings.Join(uids(t, open(t, path, Options{}), "acct"), ""); got != "abcdefgh" {
		t.Errorf("records are %s", got)
	}
}

func TestPlaceByRename(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	for i, want := range []bool{true, false} {
		temp := filepath.Join(dir, "temp")
		must(t, os.WriteFile(temp, []byte{byte('0' + i)}, 0o600))
		if err := placeByRename(temp, path); (err == nil) != want {
			t.Errorf("round %d: %v", i, err)
		}
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "0" {
		t.Errorf("content is %q, %v", content, err)
	}
}

// raw opens the file as sqlite3 would.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", path)
	must(t, err)
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { pool.Close() })
	return pool
}

func rawExec(t testing.TB, path string, statements ...string) {
	t.Helper()
	pool := raw(t, path)
	for _, s := range statements {
		_, err := pool.ExecContext(t.Context(), s)
		must(t, err)
	}
	must(t, pool.Close())
}

// list gives the names in a folder.
func list(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
