package state

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const exported = `{"popbridge_state":1}
{"account":"acct","uid":"a\\x5c\\xff","size":2048,"status":"imported","digest":"` + hexAB + `","header_digest":"","body_digest":"","message_id":"<&>","first_seen":"2026-03-01T12:30:15.123456Z","attempted_at":null,"imported_at":"2026-03-01T12:31:00Z","deleted_at":null,"last_listed":null,"gmail_id":"g1","attempts":1,"reason":"","listed":true,"destination":"someone@example.com","dropped":false,"retried":false,"breaks":0}
{"account":"b","uid":"1","size":0,"status":"pending","digest":"","header_digest":"","body_digest":"","message_id":"","first_seen":null,"attempted_at":null,"imported_at":null,"deleted_at":null,"last_listed":null,"gmail_id":"","attempts":0,"reason":"","listed":false,"destination":"","dropped":true,"retried":true,"breaks":2}
`

const hexAB = "abababababababababababababababababababababababababababababababab"

func TestExport(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		db := open(t, tempPath(t), Options{networked: onNetwork(journal)})
		must(t, db.Put(t.Context(),
			Record{Account: "b", UID: "1", Status: Pending, Dropped: true, Retried: true, Breaks: 2},
			Record{
				Account: "acct", UID: "a\\\xff", Size: 2048, Status: Imported, Digest: hexAB, MessageID: "<&>",
				FirstSeen:  time.Date(2026, 3, 1, 13, 30, 15, 123456789, time.FixedZone("", 3600)),
				ImportedAt: time.Date(2026, 3, 1, 12, 31, 0, 0, time.UTC),
				GmailID:    "g1", Attempts: 1, Listed: true, Destination: "someone@example.com",
			}))
		var out bytes.Buffer
		must(t, db.Export(t.Context(), &out))
		if out.String() != exported {
			t.Errorf("got\n%swant\n%s", out.String(), exported)
		}
	})
}

func TestExportRoundTrip(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	records := samples("acct", 300)
	records[0].MessageID = "raw\xff\\octets\x00"
	records[1].Listed, records[1].DeletedAt = true, records[1].FirstSeen
	must(t, db.Put(t.Context(), records...))
	var out bytes.Buffer
	must(t, db.Export(t.Context(), &out))
	other := open(t, tempPath(t), Options{})
	n, err := other.Import(t.Context(), &out)
	if err != nil || n != 300 {
		t.Fatalf("imported %d, %v", n, err)
	}
	got, err := other.Records(t.Context(), "acct")
	must(t, err)
	if !reflect.DeepEqual(got, records) {
		t.Error("records differ")
	}
	accounts, err := other.accounts(t.Context(), "ORDER BY name")
	must(t, err)
	if want := []Account{{Name: "acct"}}; !reflect.DeepEqual(accounts, want) {
		t.Errorf("accounts are %+v", accounts)
	}
}

func TestExportEmptyAndFailing(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	var out strings.Builder
	must(t, db.Export(t.Context(), &out))
	if out.String() != "{\"popbridge_state\":1}\n" {
		t.Errorf("got %q", out.String())
	}
	if err := db.Export(t.Context(), brokenPipe{}); !errors.Is(err, errPipe) {
		t.Errorf("got %v", err)
	}
}

var errPipe = errors.New("broken pipe")

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }
