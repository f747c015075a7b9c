package state

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPutAndRecords(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	full := sample("acct", "z\x00\xff\\ü")
	full.Status, full.Reason = Refused, "too large"
	full.MessageID = "odd\x00\xfe'\"id"
	full.AttemptedAt, full.DeletedAt = full.FirstSeen.Add(1), full.FirstSeen.Add(time.Hour)
	full.AttemptedAt = full.AttemptedAt.Truncate(time.Microsecond)
	full.Dropped, full.Retried, full.Breaks, full.Listed = true, true, 3, false
	bare := Record{Account: "acct", UID: "A", Status: Pending}
	must(t, db.Put(t.Context(), full, bare, sample("other", "A")))
	got, err := db.Records(t.Context(), "acct")
	must(t, err)
	if want := []Record{bare, full}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	// A row is replaced as a whole.
	full = Record{Account: "acct", UID: full.UID, Status: Adopted, Size: 7}
	must(t, db.Put(t.Context(), full))
	got, err = db.Records(t.Context(), "acct")
	must(t, err)
	if want := []Record{bare, full}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestPutRefuses(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	for name, spoil := range map[string]func(*Record){
		"account":  func(r *Record) { r.Account = "no spaces" },
		"uid":      func(r *Record) { r.UID = "" },
		"status":   func(r *Record) { r.Status = "" },
		"size":     func(r *Record) { r.Size = -1 },
		"attempts": func(r *Record) { r.Attempts = -1 },
		"digest":   func(r *Record) { r.BodyDigest = strings.Repeat("AB", 32) },
		"year":     func(r *Record) { r.DeletedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		r := sample("acct", "one")
		spoil(&r)
		if err := db.Put(t.Context(), sample("acct", "good"), r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := uids(t, db, "acct"); got != nil {
		t.Errorf("records are %v", got)
	}
}

func TestRenameAndRemove(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), samples("acct", 4)...))
	must(t, db.Put(t.Context(), sample("other", "uid-000000")))
	must(t, db.Write(t.Context(), func(w *Writer) error {
		return errors.Join(w.Remove("acct", "uid-000000"), w.Put(sample("acct", "new")))
	}))
	must(t, db.Remove(t.Context(), "acct", "uid-000001", "uid-000003", "unknown"))
	if got := strings.Join(uids(t, db, "acct"), " "); got != "new uid-000002" {
		t.Errorf("records are %s", got)
	}
	if got := strings.Join(uids(t, db, "other"), " "); got != "uid-000000" {
		t.Errorf("records of the other account are %s", got)
	}
}

func TestAccounts(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	got, err := db.Account(t.Context(), "acct")
	must(t, err)
	if want := (Account{Name: "acct"}); got != want {
		t.Errorf("unknown: %+v", got)
	}
	at := time.Date(2026, 3, 1, 1, 2, 3, 4000, time.UTC)
	full := Account{
		Name: "acct", Mailbox: "someone@pop.example.org:995", Listed: 3, Octets: 1 << 40,
		LastRun: at, LastSuccess: at.Add(1000), Failures: 2, FailingSince: at.Add(2000),
		Error: "no route", Hint: "look", Told: "no route", ToldAt: at.Add(3000), Top: "same",
	}
	must(t, db.PutAccount(t.Context(), Account{Name: "b"}))
	must(t, db.PutAccount(t.Context(), Account{Name: "acct"}))
	must(t, db.PutAccount(t.Context(), full))
	all, err := db.accounts(t.Context(), "ORDER BY name")
	must(t, err)
	if want := []Account{full, {Name: "b"}}; !reflect.DeepEqual(all, want) {
		t.Errorf("got  %+v\nwant %+v", all, want)
	}
	if err := db.PutAccount(t.Context(), Account{Name: ".."}); err != nil {
		t.Errorf("a name of dots: %v", err)
	}
	if err := db.PutAccount(t.Context(), Account{Name: "a/b"}); err == nil {
		t.Error("no error of a bad name")
	}
}

func TestWriteIsAtomic(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), sample("acct", "old")))
	boom := errors.New("boom")
	for name, fill := range map[string]func(w *Writer) error{
		"own error": func(w *Writer) error { must(t, w.Put(sample("acct", "new"))); return boom },
		"error passed over": func(w *Writer) error {
			w.Remove("acct", "old")
			w.Put(Record{})
			return w.PutAccount(Account{Name: "acct"})
		},
		"error of the file": func(w *Writer) error {
			w.Remove("acct", "old")
			w.changes = append(w.changes, func(t *tx) error { return t.exec("INSERT INTO nowhere VALUES (1)") })
			return nil
		},
	} {
		if err := db.Write(t.Context(), fill); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := strings.Join(uids(t, db, "acct"), " "); got != "old" {
		t.Errorf("records are %s", got)
	}
	must(t, db.Write(t.Context(), func(w *Writer) error {
		return errors.Join(w.Remove("acct", "old"), w.Put(sample("acct", "new")), w.PutAccount(Account{Name: "acct", Listed: 1}))
	}))
	if got := strings.Join(uids(t, db, "acct"), " "); got != "new" {
		t.Errorf("records are %s", got)
	}
	must(t, db.Write(t.Context(), func(*Writer) error { return nil }))
}

func TestWriteAfterCloseAndCancel(t *testing.T) {
	db, err := Open(t.Context(), tempPath(t), Options{})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Put(ctx, sample("acct", "one")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if got := uids(t, db, "acct"); got != nil {
		t.Errorf("records are %v", got)
	}
	must(t, db.Close())
	if err := db.Put(t.Context(), sample("acct", "one")); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestLookups(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	a, b, c, d := sample("one", "a"), sample("two", "b"), sample("two", "c"), sample("two", "d")
	b.MessageID, b.GmailID = a.MessageID, a.GmailID
	c.MessageID, c.GmailID, c.Destination = a.MessageID, a.GmailID, "other@example.com"
	d.MessageID, d.GmailID = "", ""
	must(t, db.Put(t.Context(), b, d, c, a))
	for name, find := range map[string]func(context.Context, string, string) ([]Record, error){
		a.MessageID: db.SameMessageID, a.GmailID: db.ByGmailID,
	} {
		got, err := find(t.Context(), a.Destination, name)
		must(t, err)
		if want := []Record{a, b}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
		got, err = find(t.Context(), a.Destination, "")
		must(t, err)
		if got != nil {
			t.Errorf("empty: %+v", got)
		}
	}
}

func TestLookupsUseIndexes(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	for column, index := range map[string]string{"message_id": "messages_message_id", "gmail_id": "messages_gmail_id"} {
		query := "EXPLAIN QUERY PLAN " + selectMessages + " WHERE destination = ? AND " + column + " = ? AND " + column + " <> '' ORDER BY account, uid"
		var id, parent, unused int
		var detail string
		must(t, db.readers.QueryRowContext(t.Context(), query, "d", "m").Scan(&id, &parent, &unused, &detail))
		if !strings.Contains(detail, "USING INDEX "+index) {
			t.Errorf("%s: %s", column, detail)
		}
	}
}
