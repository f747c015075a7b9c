package bridge

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

func openLedger(t *testing.T) *state.DB {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func rowOf(uid string, size int64) state.Record {
	return state.Record{Account: "shop", UID: uid, Size: size, Status: state.Pending, Listed: true}
}

func bookWith(t *testing.T, db *state.DB, uids ...string) *book {
	t.Helper()
	for i, uid := range uids {
		if err := db.Put(t.Context(), rowOf(uid, int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	b, err := openBook(t.Context(), db, "shop")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whoever was given a row goes on to see it as it was.
func TestBookRowsDoNotChange(t *testing.T) {
	b := bookWith(t, openLedger(t), "a", "b")
	given, all := b.get("a"), b.all()
	if err := b.update(t.Context(), "a", func(r *state.Record) { r.Size = 100 }); err != nil {
		t.Fatal(err)
	}
	if given.Size != 0 || all[0].Size != 0 || b.get("a").Size != 100 {
		t.Errorf("given %d and %d, now %d", given.Size, all[0].Size, b.get("a").Size)
	}
	if none := b.get("c"); *none != (state.Outline{}) {
		t.Errorf("there is no such row: %+v", none)
	}
}

func TestBookRecordsMustBeThere(t *testing.T) {
	b := bookWith(t, openLedger(t), "a", "b")
	rows, err := b.records(t.Context(), []string{"b", "a"})
	if err != nil || len(rows) != 2 || rows[0] != rowOf("b", 1) || rows[1] != rowOf("a", 0) {
		t.Errorf("got %+v, %v", rows, err)
	}
	if _, err := b.records(t.Context(), []string{"b", "c"}); !errors.Is(err, errNoRow) {
		t.Errorf("a missing row gave %v", err)
	}
	if _, err := b.record(t.Context(), "c"); !errors.Is(err, errNoRow) {
		t.Errorf("a missing row gave %v", err)
	}
}

func TestBookDivides(t *testing.T) {
	b := bookWith(t, openLedger(t), "a", "b", "c", "d")
	if err := b.rewrite(t.Context(), []string{"b"}, []state.Record{rowOf("e", 5)}); err != nil {
		t.Fatal(err)
	}
	those, others := b.divide(slices.Values([]string{"c", "x", "b", "e"}))
	if got := uidsIn(those) + "|" + uidsIn(others); got != "c e |a d " {
		t.Errorf("divided into %s", got)
	}
}

func uidsIn(rows []*state.Outline) (uids string) {
	for _, r := range rows {
		uids += r.UID + " "
	}
	return uids
}

// The book has what the file has, whatever was written through it, and finds
// each row.
func TestBookIsWhatTheFileIs(t *testing.T) {
	db := openLedger(t)
	uid := rapid.StringMatching("[a-f]")
	rapid.Check(t, func(rt *rapid.T) {
		all := bookWith(t, db)
		if err := db.Remove(t.Context(), "shop", slices.Collect(maps.Keys(all.at))...); err != nil {
			rt.Fatal(err)
		}
		b := bookWith(t, db, "a", "c", "e")
		for range rapid.IntRange(0, 5).Draw(rt, "writes") {
			e := entry{remove: rapid.SliceOf(uid).Draw(rt, "remove"), listed: rapid.SliceOfDistinct(uid, rapid.ID).Draw(rt, "listed"),
				at: noon.AddDate(0, 0, rapid.IntRange(0, 9).Draw(rt, "day"))}
			for _, put := range rapid.SliceOf(uid).Draw(rt, "put") {
				e.put = append(e.put, rowOf(put, rapid.Int64Range(0, 9).Draw(rt, "size")))
			}
			if err := b.write(t.Context(), e); err != nil {
				rt.Fatal(err)
			}
			checkBook(rt, b, db)
		}
	})
}

func checkBook(t *rapid.T, b *book, db *state.DB) {
	want := map[string]state.Outline{}
	for o, err := range db.Outlines(t.Context(), "shop") {
		if err != nil {
			t.Fatal(err)
		}
		want[o.UID] = o
	}
	entries := []pop3.Entry{{UID: "f"}, {UID: "a"}, {UID: "z"}, {UID: "b"}, {UID: "a"}, {UID: "c"}, {UID: "d"}, {UID: "e"}}
	rows, places := b.match(entries)
	if len(rows) != len(want) || len(b.all()) != len(want) {
		t.Fatalf("the book has %s, the file %v", uidsIn(rows), want)
	}
	for i, e := range entries {
		o, known := want[e.UID]
		switch at := places[i]; {
		case !known && at != -1, known && (at < 0 || *rows[at] != o || *b.get(e.UID) != o):
			t.Fatalf("%s is at %d of %s, the file has %+v", e.UID, at, uidsIn(rows), o)
		}
	}
}

func TestBookServesManyAtOnce(t *testing.T) {
	b := bookWith(t, openLedger(t), "a", "b", "c", "d")
	var wg sync.WaitGroup
	for _, uid := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			for range 20 {
				if err := b.update(t.Context(), uid, func(r *state.Record) { r.Size++ }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 20 {
		if err := b.rewrite(t.Context(), []string{fmt.Sprint(i - 1)}, []state.Record{rowOf(fmt.Sprint(i), 1)}); err != nil {
			t.Error(err)
		}
		if rows, places := b.match([]pop3.Entry{{UID: "c"}}); rows[places[0]].UID != "c" {
			t.Errorf("c is at %d of %s", places[0], uidsIn(rows))
		}
	}
	wg.Wait()
	for i, uid := range []string{"a", "b", "c", "d"} {
		if got := b.get(uid).Size; got != int64(i+20) {
			t.Errorf("%s has size %d", uid, got)
		}
	}
}

func TestDigestsFindByDigest(t *testing.T) {
	x := newDigests(0)
	one, like, other := state.Digest{1, 2, 31: 1}, state.Digest{1, 2, 31: 2}, state.Digest{9}
	x.add(one, "a")
	x.add(like, "b")
	x.add(other, "c")
	x.add(one, "d")
	x.add(state.Digest{}, "unknown")
	for d, want := range map[state.Digest]string{one: "d b a", other: "c", {7}: "", {}: ""} {
		got := slices.Collect(x.find(d))
		if fmt.Sprint(got) != "["+want+"]" {
			t.Errorf("%x gave %v, want %s", d[:2], got, want)
		}
	}
	for range x.find(one) {
		break // the rest isn't wanted
	}
}
