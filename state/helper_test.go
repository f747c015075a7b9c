package state

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// childMode is set for a child process: the test binary, run again.
const childMode = "POPBRIDGE_STATE_CHILD"

func TestMain(m *testing.M) {
	if args := os.Getenv(childMode); args != "" {
		child(strings.Split(args, "|"))
		return
	}
	os.Exit(m.Run())
}

// child writes records PREFIX-0, PREFIX-1… by several goroutines, as many as
// given or for ever, and prints each UID that was acknowledged.
func child(args []string) {
	path, prefix, journal := args[0], args[1], args[2]
	var count int
	fmt.Sscan(args[3], &count)
	db, err := Open(context.Background(), path, Options{networked: onNetwork(journal)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("created", db.Created())
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := g; count == 0 || i < count; i += 4 {
				r := sample("acct", fmt.Sprintf("%s-%d", prefix, i))
				if err := db.Put(context.Background(), r); err != nil {
					log.Fatal(err)
				}
				fmt.Println(r.UID)
			}
		})
	}
	wg.Wait()
	if err := db.Close(); err != nil {
		log.Fatal(err)
	}
}

// startChild gives the running child and what it prints.
func startChild(t *testing.T, path, prefix, journal string, count int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%s|%s|%d", childMode, path, prefix, journal, count))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// onNetwork stands in for the look at the file system.
func onNetwork(journal string) func(string) bool {
	return func(string) bool { return journal == "delete" }
}

// forJournals runs a test with either journal.
func forJournals(t *testing.T, test func(t *testing.T, journal string)) {
	for _, journal := range []string{"wal", "delete"} {
		t.Run(journal, func(t *testing.T) { test(t, journal) })
	}
}

func tempPath(t testing.TB) string { return filepath.Join(t.TempDir(), "state.db") }

func open(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// makeFile opens, fills and closes, for files to tamper with.
func makeFile(t testing.TB, path string, o Options, records ...Record) {
	t.Helper()
	db, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	must(t, db.Put(t.Context(), records...))
	must(t, db.Close())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample is a record with something in most fields.
func sample(account, uid string) Record {
	at := time.Date(2026, 3, 1, 12, 30, 15, 123456000, time.UTC)
	return Record{
		Account: account, UID: uid, Size: 2048, Status: Imported,
		Digest: strings.Repeat("ab", 32), HeaderDigest: strings.Repeat("cd", 32), BodyDigest: strings.Repeat("ef", 32),
		MessageID: uid + "@example.org", FirstSeen: at, ImportedAt: at.Add(time.Minute), LastListed: at.Add(time.Hour),
		GmailID: "g-" + uid, Attempts: 1, Listed: true, Destination: "someone@example.com",
	}
}

func samples(account string, n int) []Record {
	records := make([]Record, n)
	for i := range records {
		records[i] = sample(account, fmt.Sprintf("uid-%06d", i))
	}
	return records
}

func uids(t testing.TB, db *DB, account string) []string {
	t.Helper()
	records, err := db.Records(t.Context(), account)
	must(t, err)
	var all []string
	for _, r := range records {
		all = append(all, r.UID)
	}
	return all
}
