package state

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestImportReplacesRows(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), sample("acct", "a\\\xff"), sample("acct", "kept")))
	must(t, db.PutAccount(t.Context(), Account{Name: "acct", Failures: 3}))
	n, err := db.Import(t.Context(), strings.NewReader(exported))
	if err != nil || n != 2 {
		t.Fatalf("imported %d, %v", n, err)
	}
	var out bytes.Buffer
	must(t, db.Remove(t.Context(), "acct", "kept"))
	must(t, db.Export(t.Context(), &out))
	if out.String() != exported {
		t.Errorf("got\n%swant\n%s", out.String(), exported)
	}
	if a, err := db.Account(t.Context(), "acct"); err != nil || a.Failures != 3 {
		t.Errorf("account is %+v, %v", a, err)
	}
}

func TestImportDefaults(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	_, err := db.Import(t.Context(), strings.NewReader("{\"popbridge_state\":1,\"made_by\":\"x\"}\r\n"+
		`{"account":"acct","uid":"1","status":"adopted","mood":"good","digest":"`+strings.ToUpper(hexAB)+"\"}\r\n\n"+
		`{"account":"acct","uid":"2","status":"imported","deleted_at":"2026-01-01T01:00:00+01:00"}`))
	must(t, err)
	got, err := db.Records(t.Context(), "acct")
	must(t, err)
	want := []Record{
		{Account: "acct", UID: "1", Status: Adopted, Digest: hexAB, Listed: true},
		{Account: "acct", UID: "2", Status: Imported, DeletedAt: got[1].DeletedAt},
	}
	if !reflect.DeepEqual(got, want) || got[1].DeletedAt.String() != "2026-01-01 00:00:00 +0000 UTC" {
		t.Errorf("got %+v", got)
	}
}

func TestImportRefuses(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	good := `{"account":"acct","uid":"good","status":"pending"}`
	row := func(fields string) string { return `{"account":"acct","uid":"1","status":"pending",` + fields + `}` }
	for line, want := range map[string]string{
		`{"uid":"1","status":"pending"}`:                     "account name",
		`{"account":"a/b","uid":"1","status":"pending"}`:     "account name",
		`{"account":"acct","status":"pending"}`:              "UID is empty",
		`{"account":"acct","uid":"\\x0","status":"pending"}`: "bad escape",
		`{"account":"acct","uid":"ü","status":"pending"}`:    "unescaped",
		`{"account":"acct","uid":"1"}`:                       "status",
		`{"account":"acct","uid":"1","status":"lost"}`:       "status",
		row(`"size":-1`):                                       "negative",
		row(`"size":"1"`):                                      "size",
		row(`"attempts":1.5`):                                  "attempts",
		row(`"digest":"abc"`):                                  "digest",
		row(`"body_digest":"` + hexAB[1:] + `g"`):              "digest",
		row(`"first_seen":"yesterday"`):                        "yesterday",
		row(`"last_listed":1760000000`):                        "",
		row(`"deleted_at":"0000-01-01T00:00:00Z"`):             "year",
		row(`"message_id_raw":"\\q"`):                          "message_id_raw",
		good + good:                                            "",
		`not json`:                                             "",
		row(`"reason":"` + strings.Repeat("x", maxLine) + `"`): "too long",
	} {
		text := "{\"popbridge_state\":1}\n" + good + "\n" + line + "\n"
		_, err := db.Import(t.Context(), strings.NewReader(text))
		if err == nil || !strings.HasPrefix(err.Error(), "line 3: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v", line, err)
		}
	}
	if got := uids(t, db, "acct"); got != nil {
		t.Errorf("records are %v", got)
	}
}

func TestImportNeedsHeader(t *testing.T) {
	db := open(t, tempPath(t), Options{})
	for text, want := range map[string]string{
		"":                            "line 1: ",
		"\n":                          "line 1: ",
		"{}\n":                        "line 1: ",
		"[1]\n":                       "line 1: ",
		"{\"popbridge_state\":0}\n":   "line 1: ",
		"{\"popbridge_state\":2}\n":   "line 1: written by a newer popbridge (format 2, this one knows 1)",
		exported[22:]:                 "line 1: ",
		"{\"popbridge_state\":\"1\"}": "line 1: ",
	} {
		if _, err := db.Import(t.Context(), strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzImport: what Import takes, Export writes, fit for a terminal, and
// Import takes again.
func FuzzImport(f *testing.F) {
	f.Add([]byte(exported))
	dir := f.TempDir()
	n := 0
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := readExport(bytes.NewReader(text))
		if err != nil {
			return
		}
		n++
		db, err := Open(context.Background(), filepath.Join(dir, fmt.Sprint(n)), Options{})
		must(t, err)
		defer db.Close()
		if got, err := db.Import(t.Context(), bytes.NewReader(text)); err != nil || got != len(records) {
			t.Fatalf("imported %d of %d: %v", got, len(records), err)
		}
		var first, second bytes.Buffer
		must(t, db.Export(t.Context(), &first))
		_, err = db.Import(t.Context(), bytes.NewReader(first.Bytes()))
		must(t, err)
		must(t, db.Export(t.Context(), &second))
		if first.String() != second.String() {
			t.Errorf("first\n%ssecond\n%s", first.String(), second.String())
		}
		if i := strings.IndexFunc(first.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("the export is unprintable at %d: %q", i, first.String())
		}
		stored, err := db.records(t.Context(), "ORDER BY account, uid")
		must(t, err)
		if again, err := readExport(&first); err != nil || !slices.Equal(again, stored) {
			t.Errorf("exported %+v\nas %+v, %v", stored, again, err)
		}
	})
}
