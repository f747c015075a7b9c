package main_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"
)

// age ACCOUNT UID|all DURATION makes messages older in the state, by way of
// state export and state import.
func age(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: age ACCOUNT UID|all DURATION")
	}
	by, err := time.ParseDuration(args[2])
	ts.Check(err)
	w := worldOf(ts)
	var out, stderr bytes.Buffer
	export := w.command(ts, "popbridge", "state", "export")
	export.Stdout, export.Stderr = &out, &stderr
	if err := export.Run(); err != nil {
		ts.Fatalf("state export: %v\n%s", err, &stderr)
	}
	aged, n := aged(ts, out.String(), args[0], args[1], by)
	if n == 0 {
		ts.Fatalf("no such message in:\n%s", &out)
	}
	back := w.command(ts, "popbridge", "state", "import")
	back.Stdin, back.Stderr = strings.NewReader(aged), &stderr
	if err := back.Run(); err != nil {
		ts.Fatalf("state import: %v\n%s", err, &stderr)
	}
}

// aged moves the times of rows back, and counts them.
func aged(ts *testscript.TestScript, export, account, uid string, by time.Duration) (_ string, n int) {
	lines := strings.Split(strings.TrimSpace(export), "\n")
	for i, line := range lines {
		row := map[string]any{}
		ts.Check(json.Unmarshal([]byte(line), &row))
		if row["account"] != account || uid != "all" && row["uid"] != uid {
			continue
		}
		n++
		for _, key := range []string{"first_seen", "attempted_at", "imported_at"} {
			if text, ok := row[key].(string); ok {
				at, err := time.Parse(time.RFC3339, text)
				ts.Check(err)
				row[key] = at.Add(-by).Format(time.RFC3339Nano)
			}
		}
		line, err := json.Marshal(row)
		ts.Check(err)
		lines[i] = string(line)
	}
	return strings.Join(lines, "\n") + "\n", n
}

// schema N has the state file say that it is of schema N.
func schema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: schema N")
	}
	db, err := sql.Open("sqlite", worldOf(ts).state)
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(fmt.Sprintf("PRAGMA user_version = %s", args[0]))
	ts.Check(err)
}

// lock ACCOUNT [DURATION] holds an account's lock, as another run does, that
// made no progress for as long.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: lock ACCOUNT [DURATION]")
	}
	w := worldOf(ts)
	path := filepath.Join(filepath.Dir(w.state), args[0]+".lock")
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	l := flock.New(path)
	ok, err := l.TryLock()
	ts.Check(err)
	if !ok {
		ts.Fatalf("another process has the lock")
	}
	w.locks[args[0]] = l
	if len(args) == 2 {
		idle, err := time.ParseDuration(args[1])
		ts.Check(err)
		then := time.Now().Add(-idle)
		ts.Check(os.Chtimes(path, then, then))
	}
}

// unlock ACCOUNT lets go of it.
func unlock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || worldOf(ts).locks[args[0]] == nil {
		ts.Fatalf("usage: unlock ACCOUNT")
	}
	ts.Check(worldOf(ts).locks[args[0]].Unlock())
}

// mode FILE OCTAL wants a file to have a mode.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE OCTAL")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s", args[0], got)
	}
}
