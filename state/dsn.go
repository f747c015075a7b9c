package state

import (
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// BusyTimeout is how long a statement waits for other processes.
const BusyTimeout = 30 * time.Second

// access is the way a connection uses the file.
type access int

const (
	// writing is for the one connection that changes things.
	writing access = iota
	// reading is for the others of a process that also writes. It can roll
	// back what a crashed process left, which readOnly cannot.
	reading
	// readOnly opens nothing for writing but SQLite's own sidecars.
	readOnly
	// immutable needs no sidecars, and no lock: nobody may be writing.
	immutable
)

// smallCache is for readers: they go through an account's rows once, and a
// page that is kept costs more than reading it again. In KiB.
const smallCache = "cache_size(-256)"

// dsn gives the URI of https://www.sqlite.org/uri.html and the driver's
// _pragma parameters. None of them makes a missing file.
func dsn(path string, a access, more ...string) string {
	pragmas := append([]string{fmt.Sprintf("busy_timeout(%d)", BusyTimeout.Milliseconds())}, more...)
	q := url.Values{}
	switch a {
	case writing:
		q.Set("mode", "rw")
		// EXTRA is FULL, and with a rollback journal syncs the folder after
		// the journal's removal as well: without, a power cut can bring the
		// journal back, and it undoes a commit that was acknowledged.
		// The fullfsync pragmas matter on macOS alone.
		pragmas = append(pragmas, "synchronous(EXTRA)", "fullfsync(1)", "checkpoint_fullfsync(1)", "journal_size_limit(4194304)")
	case reading:
		q.Set("mode", "rw")
		pragmas = append(pragmas, "query_only(1)", smallCache)
	case readOnly:
		q.Set("mode", "ro")
		pragmas = append(pragmas, smallCache)
	case immutable:
		q.Set("mode", "ro")
		pragmas = append(pragmas, smallCache)
		q.Set("immutable", "1")
	}
	q["_pragma"] = pragmas
	u := url.URL{Scheme: "file", Path: uriPath(path), RawQuery: q.Encode()}
	return u.String()
}

// uriPath turns C:\x into /C:/x.
func uriPath(path string) string {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return path
}
