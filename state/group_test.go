package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
)

// held takes the file's write lock as another process would. While it is
// held, requests queue up.
func held(t *testing.T, path string) (release func()) {
	t.Helper()
	pool := raw(t, path)
	_, err := pool.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	must(t, err)
	return func() {
		t.Helper()
		_, err := pool.ExecContext(t.Context(), "ROLLBACK")
		must(t, err)
	}
}

// await spins until so many requests are queued.
func await(t *testing.T, db *DB, n int) {
	t.Helper()
	for queued(db) != n {
		must(t, t.Context().Err())
		runtime.Gosched()
	}
}

func queued(db *DB) int {
	db.writer.queue.mu.Lock()
	defer db.writer.queue.mu.Unlock()
	return len(db.writer.queue.waiting)
}

// enqueue asks for a change without waiting for it.
func enqueue(db *DB, ctx context.Context, apply func(*tx) error) chan error {
	result := make(chan error, 1)
	go func() { result <- db.write(ctx, "test", apply) }()
	return result
}

func put(r Record) func(*tx) error { return func(t *tx) error { return t.putRecord(&r) } }

func TestGroupSharesTransaction(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{})
	release := held(t, path)
	const n = maxGroup + 10
	left := make(chan int, n)
	var results []chan error
	for i := range n {
		results = append(results, enqueue(db, t.Context(), func(tx *tx) error {
			left <- queued(db)
			return tx.putRecord(new(sample("acct", fmt.Sprint(i))))
		}))
	}
	await(t, db, n)
	release()
	for _, r := range results {
		must(t, <-r)
	}
	// The first transaction took as many as it may, the second the rest.
	for i := range n {
		want := n - maxGroup
		if i >= maxGroup {
			want = 0
		}
		if got := <-left; got != want {
			t.Fatalf("request %d ran with %d left, want %d", i, got, want)
		}
	}
	if got := len(uids(t, db, "acct")); got != n {
		t.Errorf("%d records", got)
	}
}

func TestGroupSurvivesAFailure(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{})
	release := held(t, path)
	// An error of the caller's own file says nothing of ours.
	boom := &fs.PathError{Op: "open", Path: "spool", Err: fs.ErrPermission}
	before := enqueue(db, t.Context(), put(sample("acct", "before")))
	await(t, db, 1)
	own := enqueue(db, t.Context(), func(tx *tx) error {
		return errors.Join(tx.putRecord(new(sample("acct", "half"))), boom)
	})
	await(t, db, 2)
	constraint := enqueue(db, t.Context(), put(Record{Account: "acct", UID: "bad", Status: "odd"}))
	await(t, db, 3)
	after := enqueue(db, t.Context(), put(sample("acct", "after")))
	await(t, db, 4)
	release()
	must(t, errors.Join(<-before, <-after))
	if err := <-own; !errors.Is(err, boom) || kind(err) != 0 {
		t.Errorf("own error: %v", err)
	}
	if err := <-constraint; err == nil || !strings.Contains(err.Error(), "CHECK") {
		t.Errorf("constraint: %v", err)
	}
	if got := strings.Join(uids(t, db, "acct"), " "); got != "after before" {
		t.Errorf("records are %s", got)
	}
}

// Where one fails, the others are run once more; what they did the first time
// must not count.
func TestFailureDoublesNothing(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{})
	must(t, db.Put(t.Context(), sample("acct", "counted")))
	release := held(t, path)
	runs := 0
	count := func(tx *tx) error {
		runs++
		r, _, err := Tx{tx}.Record("acct", "counted")
		if err != nil {
			return err
		}
		r.Attempts++
		return tx.putRecord(&r)
	}
	bug := func(tx *tx) error {
		if err := tx.putRecord(new(sample("acct", "half"))); err != nil {
			return nil // which the test takes for a success
		}
		panic("a bug")
	}
	var results []chan error
	for i, apply := range []func(*tx) error{count, bug, count, bug, count} {
		results = append(results, enqueue(db, t.Context(), apply))
		await(t, db, i+1)
	}
	release()
	for i, r := range results {
		if err := <-r; (err != nil) != (i%2 == 1) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	records, err := db.Records(t.Context(), "acct")
	must(t, err)
	if len(records) != 1 || records[0].Attempts != 1+3 {
		t.Errorf("three requests that count, run %d times, left %+v", runs, records)
	}
}

func TestGroupFailsWithTheFile(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{maxPages: 40})
	release := held(t, path)
	small := enqueue(db, t.Context(), put(sample("acct", "small")))
	await(t, db, 1)
	large := enqueue(db, t.Context(), func(tx *tx) error { return tx.importRecords(samples("acct", 1000)) })
	await(t, db, 2)
	release()
	for _, r := range []chan error{small, large} {
		if err := <-r; kind(err) != Full {
			t.Errorf("got %v", err)
		}
	}
	if got := uids(t, db, "acct"); got != nil {
		t.Errorf("records are %v", got)
	}
}

func TestQueuedRequestIsWithdrawn(t *testing.T) {
	path := tempPath(t)
	db := open(t, path, Options{})
	release := held(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	gone := enqueue(db, ctx, put(sample("acct", "gone")))
	await(t, db, 1)
	kept := enqueue(db, t.Context(), put(sample("acct", "kept")))
	await(t, db, 2)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	must(t, <-kept)
	if got := strings.Join(uids(t, db, "acct"), " "); got != "kept" {
		t.Errorf("records are %s", got)
	}
}

// Once taken up, a request is finished whatever becomes of its caller.
func TestTakenRequestIsFinished(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	must(t, <-enqueue(db, ctx, func(tx *tx) error {
		cancel()
		return tx.putRecord(new(sample("acct", "one")))
	}))
	if got := uids(t, db, "acct"); len(got) != 1 {
		t.Errorf("records are %v", got)
	}
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	path := tempPath(t)
	db, err := Open(t.Context(), path, Options{})
	must(t, err)
	release := held(t, path)
	var results []chan error
	for i := range 5 {
		results = append(results, enqueue(db, t.Context(), put(sample("acct", fmt.Sprint(i)))))
	}
	await(t, db, 5)
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	release()
	must(t, <-closed)
	for _, r := range results {
		must(t, <-r)
	}
	if got := uids(t, open(t, path, Options{}), "acct"); len(got) != 5 {
		t.Errorf("records are %v", got)
	}
}
