package state

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawRow draws a record with anything in its fields.
func drawRow(t *rapid.T, uid string) Record {
	digest := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", strings.Repeat("0a", 32), strings.Repeat("f9", 32)}).Draw(t, "digest")
	})
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "never") {
			return time.Time{}
		}
		return time.UnixMicro(rapid.Int64Range(-1e15, 1e16).Draw(t, "at")).UTC()
	})
	return Record{
		Account: "acct", UID: uid, Size: rapid.Int64Min(0).Draw(t, "size"),
		Status: rapid.SampledFrom([]Status{Pending, Imported, Adopted, Refused}).Draw(t, "status"),
		Digest: digest.Draw(t, "digest"), HeaderDigest: digest.Draw(t, "header"), BodyDigest: digest.Draw(t, "body"),
		MessageID: rapid.SampledFrom([]string{"", "a@example.org", "\xff b"}).Draw(t, "id"),
		FirstSeen: moment.Draw(t, "seen"), AttemptedAt: moment.Draw(t, "attempted"), ImportedAt: moment.Draw(t, "imported"),
		DeletedAt: moment.Draw(t, "deleted"), LastListed: moment.Draw(t, "listed at"),
		Attempts: rapid.IntRange(0, 3).Draw(t, "attempts"), Breaks: rapid.IntRange(0, 300).Draw(t, "breaks"),
		Reason: rapid.SampledFrom([]string{"", "too-large", "it has a blank", "short-body", " "}).Draw(t, "reason"),
		Listed: rapid.Bool().Draw(t, "listed"), Dropped: rapid.Bool().Draw(t, "dropped"), Retried: rapid.Bool().Draw(t, "retried"),
	}
}

func outlines(t failer, db *DB, account string) (all []Outline) {
	t.Helper()
	for o, err := range db.Outlines(context.Background(), account) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		all = append(all, o)
	}
	return all
}

// failer is what *testing.T and *rapid.T have in common here.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// An outline read from the file is the outline of the record that was put.
func TestOutlinesAreThoseOfTheRecords(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	rapid.Check(t, func(rt *rapid.T) {
		old := uids(t, db, "acct")
		must(t, db.Remove(t.Context(), "acct", old...))
		var put []Record
		for _, uid := range []string{"\x01", "a", "a b", "\xff"}[rapid.IntRange(0, 3).Draw(rt, "from"):] {
			put = append(put, drawRow(rt, uid))
		}
		must(t, db.Put(t.Context(), put...))
		got := outlines(rt, db, "acct")
		if len(got) != len(put) {
			rt.Fatalf("%d outlines of %d rows", len(got), len(put))
		}
		for i := range put {
			if got[i] != put[i].Outline() {
				rt.Fatalf("got\n%+v, put\n%+v", got[i], put[i].Outline())
			}
		}
	})
}

func TestMomentIsTheTime(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Unix(-1, 1000), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)} {
		if m := MomentOf(at); !m.Time().Equal(at) || m.IsZero() != at.IsZero() {
			t.Errorf("%s became %s", at, m.Time())
		}
	}
}

func TestOutlinesEndEarly(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), samples("acct", 10)...))
	for range 2 * maxReaders {
		for range db.Outlines(t.Context(), "acct") {
			break
		}
	}
	if n := len(outlines(t, db, "acct")); n != 10 {
		t.Errorf("%d outlines", n)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range db.Outlines(gone, "acct") {
		if err == nil {
			t.Error("there was a row, though the context was done")
		}
	}
}

func TestOutlinesOfADamagedFile(t *testing.T) {
	for _, damage := range []string{"digest = 'no hexadecimal'", "digest = 'two words'", "size = 'large'"} {
		path := tempPath(t)
		makeFile(t, path, Options{}, sample("acct", "one"))
		rawExec(t, path, "PRAGMA ignore_check_constraints = 1", "UPDATE messages SET "+damage)
		db := open(t, path, Options{})
		var last error
		for _, err := range db.Outlines(t.Context(), "acct") {
			last = err
		}
		if kind(last) != Damaged {
			t.Errorf("%s: %v", damage, last)
		}
	}
}

func TestRowsAreThoseAskedFor(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), samples("acct", 5)...))
	must(t, db.Put(t.Context(), sample("other", "elsewhere")))
	rows, err := db.Rows(t.Context(), "acct", "uid-000003", "missing", "elsewhere", "uid-000001")
	must(t, err)
	if want := []Record{sample("acct", "uid-000003"), sample("acct", "uid-000001")}; fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("got %v", rows)
	}
	if rows, err := db.Rows(t.Context(), "acct"); err != nil || rows != nil {
		t.Errorf("no UIDs gave %v, %v", rows, err)
	}
}

func TestSetLastListedLeavesTheRest(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), samples("acct", 3)...))
	at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	must(t, db.Write(t.Context(), func(w *Writer) error { return w.SetLastListed("acct", at, "uid-000000", "uid-000002", "gone") }))
	records, err := db.Records(t.Context(), "acct")
	must(t, err)
	for i, want := range samples("acct", 3) {
		if i != 1 {
			want.LastListed = at
		}
		if records[i] != want {
			t.Errorf("got %+v, want %+v", records[i], want)
		}
	}
	err = db.Write(t.Context(), func(w *Writer) error { return w.SetLastListed("acct", at.AddDate(9000, 0, 0), "uid-000000") })
	if err == nil {
		t.Error("a year that RFC 3339 can't write was taken")
	}
}
