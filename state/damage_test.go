package state

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever is wrong with a file, opening it says so and leaves it alone.
func TestOpenRefuses(t *testing.T) {
	cases := []struct {
		name string
		make func(t *testing.T, path string)
		kind Kind
		text string
	}{
		{"empty", func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o600)) }, Damaged, "is damaged: it is empty"},
		{"text", func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("hello\n"), 0o600)) }, Damaged, "is damaged: "},
		{"garbage", func(t *testing.T, path string) {
			must(t, os.WriteFile(path, bytes.Repeat([]byte{0xa5, 0x17, 0}, 9000), 0o600))
		}, Damaged, "is damaged: "},
		{"foreign", func(t *testing.T, path string) { rawExec(t, path, "CREATE TABLE t (x)") }, Damaged, "not a popbridge state file"},
		{"header alone", func(t *testing.T, path string) { truncate(t, path, 100) }, Damaged, "is damaged: "},
		{"cut in a page", func(t *testing.T, path string) { truncate(t, path, 4096*3+500) }, Damaged, "is damaged: "},
		{"cut between pages", func(t *testing.T, path string) { truncate(t, path, 4096*3) }, Damaged, "is damaged: "},
		{"no tables", func(t *testing.T, path string) {
			rawExec(t, path, "PRAGMA application_id = 1886351458", fmt.Sprintf("PRAGMA user_version = %d", len(migrations())), "CREATE TABLE messages (x)")
		}, Damaged, "is damaged: "},
		{"no schema", func(t *testing.T, path string) { rawExec(t, path, "PRAGMA application_id = 1886351458") }, Damaged, "it has no schema"},
		{"newer", func(t *testing.T, path string) {
			makeFile(t, path, Options{})
			rawExec(t, path, "PRAGMA user_version = 7")
		}, Newer, fmt.Sprintf("was written by a newer popbridge (schema 7, this one knows %d)", len(migrations()))},
		{"folder", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, Unwritable, "it is a folder"},
		{"log without file", func(t *testing.T, path string) {
			must(t, os.WriteFile(path+"-wal", []byte("x"), 0o600))
		}, Damaged, "its state.db-wal is there"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := tempPath(t)
			c.make(t, path)
			before, _ := os.ReadFile(path)
			for _, mode := range []Mode{ReadWrite, ReadOnly} {
				_, err := Open(t.Context(), path, Options{Mode: mode})
				if kind(err) != c.kind || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.text) {
					t.Errorf("mode %d: kind %d, %v", mode, kind(err), err)
				}
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file has changed")
			}
		})
	}
}

// truncate cuts a state file of many pages.
func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	makeFile(t, path, Options{}, samples("acct", 500)...)
	must(t, os.Truncate(path, size))
}

// Damage in the midst of a file shows when it is read.
func TestDamageFoundLater(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, samples("acct", 2000)...)
	content, err := os.ReadFile(path)
	must(t, err)
	middle := content[8*4096:]
	copy(middle, bytes.Repeat([]byte{0xff}, len(middle)))
	must(t, os.WriteFile(path, content, 0o600))

	db := open(t, path, Options{})
	if _, err := db.Records(t.Context(), "acct"); kind(err) != Damaged {
		t.Errorf("Records: %v", err)
	}
	if err := db.Put(t.Context(), samples("acct", 2000)...); kind(err) != Damaged {
		t.Errorf("Put: %v", err)
	}
	if err := db.Export(t.Context(), new(bytes.Buffer)); kind(err) != Damaged {
		t.Errorf("Export: %v", err)
	}
}

func TestValueThatDoesNotFit(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, sample("acct", "one"))
	rawExec(t, path, "UPDATE messages SET first_seen = 'yesterday'")
	db := open(t, path, Options{})
	if _, err := db.Records(t.Context(), "acct"); kind(err) != Damaged {
		t.Errorf("Records: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, sample("acct", "first"))
	db := open(t, path, Options{maxPages: 40})
	err := db.Put(t.Context(), samples("acct", 1000)...)
	if kind(err) != Full || !strings.HasSuffix(err.Error(), "the disk is full") {
		t.Fatalf("Put: %v", err)
	}
	// Nothing of it was kept, and what fits still goes in.
	must(t, db.Put(t.Context(), sample("acct", "second")))
	if got := strings.Join(uids(t, db, "acct"), " "); got != "first second" {
		t.Errorf("records are %s", got)
	}
}

// As root nothing is unwritable by its mode, so something is in the way.
func TestFolderUnwritable(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	_, err := Open(t.Context(), filepath.Join(dir, "file", "state.db"), Options{})
	if kind(err) != Unwritable {
		t.Errorf("Open: %v", err)
	}
	path := filepath.Join(dir, "state.db")
	makeFile(t, path, Options{}, sample("acct", "one"))
	blockSidecar(t, path)
	if _, err := Open(t.Context(), path, Options{}); kind(err) != Unwritable {
		t.Errorf("Open: %v", err)
	}
}

func TestErrorTexts(t *testing.T) {
	for k, want := range map[Kind]string{
		Missing:       "state file /s.db does not exist",
		ParentMissing: "state file /s.db cannot be made: folder d does not exist (is its volume mounted?)",
		Damaged:       "state file /s.db is damaged: d",
		Newer:         "state file /s.db was written by a newer popbridge (d)",
		Older:         "state file /s.db was written by an older popbridge (d); the next run brings it up to date",
		Full:          "state file /s.db cannot be written: the disk is full",
		Unwritable:    "state file /s.db cannot be read or written: d",
		Busy:          "state file /s.db is busy: another program has kept it locked for 30s",
	} {
		e := &Error{Path: "/s.db", Kind: k}
		if k != Missing {
			e.Detail = "d"
		}
		if e.Error() != want {
			t.Errorf("got %q, want %q", e.Error(), want)
		}
	}
}
