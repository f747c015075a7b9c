package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// quiet is a session with a mailbox in which nothing happens.
type quiet struct{ listing pop3.Listing }

var errNotQuiet = errors.New("in a run with nothing to do")

func (q quiet) Capabilities() pop3.Capabilities                    { return pop3.Capabilities{UIDL: true, TOP: true} }
func (q quiet) List(context.Context) (pop3.Listing, error)         { return q.listing, nil }
func (q quiet) Quit(context.Context) error                         { return nil }
func (q quiet) Abort() error                                       { return errNotQuiet }
func (q quiet) Dele(context.Context, []int) (map[int]error, error) { return nil, errNotQuiet }
func (q quiet) Top(context.Context, iter.Seq[int], func(int, io.Reader, error) error) error {
	return errNotQuiet
}
func (q quiet) Retr(context.Context, iter.Seq[int], func(int, io.Reader, error) error) error {
	return errNotQuiet
}

// unasked is a Gmail that nobody has asked.
type unasked struct{ bridge.Importer }

func (unasked) Skew() (time.Duration, bool) { return 0, false }

// counted is a state that counts what is asked of it.
type counted struct {
	*state.DB
	read, rows, written, changed, forgotten int
}

func (c *counted) Outlines(ctx context.Context, account string) iter.Seq2[state.Outline, error] {
	c.read++
	return c.DB.Outlines(ctx, account)
}

func (c *counted) Rows(ctx context.Context, account string, uids ...string) ([]state.Record, error) {
	c.rows += len(uids)
	return c.DB.Rows(ctx, account, uids...)
}

func (c *counted) Write(ctx context.Context, change func(*state.Writer) error) error {
	c.written++
	return c.DB.Write(ctx, change)
}

func (c *counted) Transact(ctx context.Context, apply func(state.Tx) error) error {
	c.changed++
	return c.DB.Transact(ctx, apply)
}

func (c *counted) Forget(ctx context.Context, account string, before time.Time) (int, error) {
	c.forgotten++
	return c.DB.Forget(ctx, account, before)
}

// idle is an account whose n messages are all known, and whose last run was
// so long ago.
func idle(t testing.TB, n int, ago time.Duration) (*bridge.Account, *counted) {
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
	// A clock of another zone than the state's.
	now := planDay.In(time.FixedZone("east", 9*3600))
	last := now.Add(-ago)
	listing, records := pop3.Listing{HasUIDL: true}, make([]state.Record, n)
	for i := range records {
		uid := fmt.Sprintf("%016x", i*7919)
		records[i] = state.Record{Account: "shop", UID: uid, Size: int64(1000 + i), Status: state.Imported, Attempts: 1, Listed: true,
			Digest: digest("digest " + uid), HeaderDigest: digest("header " + uid), BodyDigest: digest("body " + uid),
			MessageID: uid + "@example.com", GmailID: uid, Destination: "shop@example.org",
			FirstSeen: last, ImportedAt: last.Add(-time.Duration(i%500) * time.Hour), LastListed: last}
		listing.Entries = append(listing.Entries, pop3.Entry{Number: i + 1, UID: uid, Size: records[i].Size})
		listing.Octets += records[i].Size
	}
	a := &bridge.Account{Name: "shop", Mailbox: "shop@mail.example.com:995", Policy: bridge.Policy{Age: 30 * 24 * time.Hour},
		Open: func(context.Context, bool) (bridge.Session, error) { return quiet{listing}, nil },
		To:   bridge.NewDestination(bridge.Route{Address: "shop@example.org", Importer: unasked{}}),
		Now:  func() time.Time { return now }, Progress: func(bridge.Progress) {}, Log: slog.New(slog.DiscardHandler)}
	known := state.Account{Name: "shop", Mailbox: a.Mailbox, Listed: n, Octets: listing.Octets, LastRun: last, ClockAt: last, LastSuccess: last, Top: "same"}
	err = db.Write(t.Context(), func(w *state.Writer) error { return errors.Join(w.Put(records...), w.PutAccount(known)) })
	if err != nil {
		t.Fatal(err)
	}
	c := &counted{DB: db}
	a.Ledger = c
	return a, c
}

// runIdly runs the account, which must find nothing to do.
func runIdly(t testing.TB, a *bridge.Account, n int) {
	t.Helper()
	r := a.Run(t.Context(), bridge.Options{})
	if r.Failure != nil || r.Listed != n || !r.Whole || r.Imported+r.Deleted > 0 {
		t.Fatalf("the run was not idle: %+v, %v", r.Listed, r.Failure)
	}
}

// With nothing new a run reads the rows once, and writes how it went.
func TestNothingNewWritesNoRow(t *testing.T) {
	const n = 50
	for _, c := range []struct {
		ago       time.Duration
		written   int
		forgotten int
	}{{5 * time.Minute, 1, 0}, {23 * time.Hour, 1, 1}, {25 * time.Hour, 2, 1}} {
		a, ledger := idle(t, n, c.ago)
		runIdly(t, a, n)
		got := *ledger
		got.DB = nil
		if want := (counted{read: 1, written: c.written, forgotten: c.forgotten}); got != want {
			t.Errorf("%s after the last run, the state was asked for %+v, want %+v", c.ago, got, want)
		}
	}
}

// What a run allocates for a message that is known is bounded, and no more
// for each of many than for each of few.
func TestNothingNewAllocatesLittle(t *testing.T) {
	const few, many = 500, 5000
	perRun := func(n int) float64 {
		a, _ := idle(t, n, time.Minute)
		return testing.AllocsPerRun(2, func() { runIdly(t, a, n) })
	}
	if perRow := (perRun(many) - perRun(few)) / (many - few); perRow > 9 {
		t.Errorf("a run allocates %.1f times for a message with nothing new", perRow)
	}
}

// BenchmarkNothingNew is a whole run with nothing to do, but for the
// provider's part.
func BenchmarkNothingNew(b *testing.B) {
	for _, n := range []int{50, 5_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a, _ := idle(b, n, time.Minute)
			b.ReportAllocs()
			for b.Loop() {
				runIdly(b, a, n)
			}
		})
	}
}
