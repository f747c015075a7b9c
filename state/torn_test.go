package state

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// A log that ends anywhere gives the state of an earlier moment, whole: each
// change with all that came before it, or not at all.
func TestTornLog(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{})
	var all []string
	for i := range 12 {
		uid := fmt.Sprintf("uid-%06d", i)
		must(t, db.Put(t.Context(), sample("acct", uid), sample("acct", uid+"-twin")))
		all = append(all, uid, uid+"-twin")
	}
	file, err := os.ReadFile(path)
	must(t, err)
	log, err := os.ReadFile(path + "-wal")
	must(t, err)
	for size, before := 0, 0; size < len(log); size += 1 + rand.IntN(20_000) {
		got := tornAt(t, file, log[:size])
		if len(got) < before || len(got)%2 != 0 || !slices.Equal(got, all[:len(got)]) {
			t.Fatalf("at %d of %d octets: %q after %d", size, len(log), got, before)
		}
		before = len(got)
	}
	// A tail that was being written is noise to the next one.
	noise := make([]byte, 6000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	if got := tornAt(t, file, append(log, noise...)); !slices.Equal(got, all) {
		t.Errorf("with noise: %q", got)
	}
}

// tornAt gives the rows of a copy with such a log, which can still be written.
func tornAt(t *testing.T, file, log []byte) []string {
	t.Helper()
	path := tempPath(t)
	must(t, os.WriteFile(path, file, 0o600))
	must(t, os.WriteFile(path+"-wal", log, 0o600))
	db, err := Open(t.Context(), path, Options{})
	must(t, err)
	got := uids(t, db, "acct")
	must(t, db.Put(t.Context(), sample("acct", "later")))
	must(t, db.Close())
	return got
}
