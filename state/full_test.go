//go:build unix

package state

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever write finds no room, what was acknowledged is there, and the file
// serves as before. A limit to the size of files stands in for a full disk.
func TestFullAtEachSize(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		for size := 0; size < 80_000; size += 9_500 {
			t.Run(fmt.Sprint(size), func(t *testing.T) {
				t.Parallel()
				path := tempPath(t)
				acknowledged := fillUp(t, path, journal, size)
				for name := range strings.FieldsSeq(list(t, filepath.Dir(path))) {
					if !strings.HasPrefix(name, "state.db") {
						t.Errorf("%s was left behind", name)
					}
				}
				db := open(t, path, Options{networked: onNetwork(journal)})
				got := uids(t, db, "acct")
				for _, uid := range acknowledged {
					if _, found := slices.BinarySearch(got, uid); !found {
						t.Errorf("%s is lost", uid)
					}
				}
				must(t, db.Put(t.Context(), sample("acct", "later")))
			})
		}
	})
}

// fillUp has a process write until no file may grow beyond size octets, and
// gives the UIDs that were acknowledged to it.
func fillUp(t *testing.T, path, journal string, size int) (acknowledged []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f "$0" && exec "$@"`, fmt.Sprint(size/512), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|uid|%s|1000", childMode, path, journal))
	stderr := new(bytes.Buffer)
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err == nil || !strings.Contains(stderr.String(), "state file "+path+" cannot be ") {
		t.Fatalf("%v: %s", err, stderr)
	}
	lines := strings.Fields(string(out))
	return slices.DeleteFunc(lines, func(s string) bool { return !strings.HasPrefix(s, "uid-") })
}
