package state

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReserve(t *testing.T) {
	path := tempPath(t)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	next := func(last time.Time) time.Time {
		if last.IsZero() {
			return start
		}
		return last.Add(time.Second)
	}
	// Two handles, as of two processes, never get the same slot.
	dbs := []*DB{open(t, path, Options{}), open(t, path, Options{})}
	var mu sync.Mutex
	slots := map[time.Time]bool{}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			var slot time.Time
			err := dbs[i%2].Reserve(t.Context(), "someone@example.com", func(q Quota) Quota {
				slot = next(q.Last)
				return Quota{Last: slot}
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || slots[slot] {
				t.Errorf("slot %v again, or %v", slot, err)
			}
			slots[slot] = true
		})
	}
	wg.Wait()
	if !slots[start.Add(39*time.Second)] {
		t.Errorf("slots are %v", slots)
	}
	if q := readQuota(t, dbs[0], "other@example.com"); fmt.Sprint(q) != fmt.Sprint(Quota{}) {
		t.Errorf("another destination has %+v", q)
	}
}

// TestQuotaIsKept: what one process learned the next one knows.
func TestQuotaIsKept(t *testing.T) {
	path := tempPath(t)
	at := time.Date(2026, 3, 1, 12, 30, 15, 123456000, time.UTC)
	want := Quota{Last: at.Add(time.Second), Rate: 2940, Since: at.Add(-time.Hour),
		Calls: []Call{{at.Add(-time.Minute), 25}, {at, 1}, {at.Add(time.Microsecond), 0}}}
	db, err := Open(t.Context(), path, Options{})
	must(t, err)
	must(t, db.Reserve(t.Context(), "someone@example.com", func(Quota) Quota { return want }))
	must(t, db.Close())
	got := readQuota(t, open(t, path, Options{}), "someone@example.com")
	if !got.Last.Equal(want.Last) || got.Rate != want.Rate || !got.Since.Equal(want.Since) || !slices.Equal(got.Calls, want.Calls) {
		t.Errorf("%+v, want %+v", got, want)
	}
	reader := open(t, path, Options{Mode: ReadOnly})
	seen, err := reader.Quota(t.Context(), "someone@example.com")
	if err != nil || !slices.Equal(seen.Calls, got.Calls) || seen.Rate != got.Rate || !seen.Last.Equal(got.Last) {
		t.Errorf("a reader sees %+v, %v", seen, err)
	}
	if none, err := reader.Quota(t.Context(), "nobody@example.com"); err != nil || none.Rate != 0 || none.Calls != nil {
		t.Errorf("of a destination that is not known: %+v, %v", none, err)
	}
}

// TestQuotaOfSchema3: the moment that an older popbridge reserved up to holds.
func TestQuotaOfSchema3(t *testing.T) {
	path := tempPath(t)
	rawExec(t, path, schema1, schema2, schema3, fmt.Sprintf("PRAGMA application_id = %d", applicationID), "PRAGMA user_version = 3",
		"INSERT INTO quota (destination, last) VALUES ('someone@example.com', 1772367015000000)")
	q := readQuota(t, open(t, path, Options{}), "someone@example.com")
	if q.Last.Unix() != 1772367015 || q.Rate != 0 || !q.Since.IsZero() || q.Calls != nil {
		t.Errorf("read back: %+v", q)
	}
}

func TestPackCalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var calls []Call
		for range rapid.IntRange(0, 20).Draw(t, "calls") {
			calls = append(calls, Call{time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "at")).UTC(), rapid.IntRange(0, 1000).Draw(t, "units")})
		}
		packed := packCalls(calls)
		if got := unpackCalls(packed); !slices.Equal(got, calls) {
			t.Fatalf("%v, want %v", got, calls)
		}
		// What is cut gives what comes before the cut.
		cut := unpackCalls(packed[:rapid.IntRange(0, len(packed)).Draw(t, "cut")])
		if len(cut) > len(calls) || !slices.Equal(cut, calls[:len(cut)]) {
			t.Fatalf("%v of %v", cut, calls)
		}
	})
}

func readQuota(t *testing.T, db *DB, destination string) (read Quota) {
	t.Helper()
	must(t, db.Reserve(context.Background(), destination, func(q Quota) Quota {
		read = q
		return q
	}))
	return read
}
