package gmail_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestSearch(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	var want []string
	for _, id := range []string{"a", "b", "a"} {
		got, err := client.Upload(t.Context(), message{id, 1000}.upload())
		if err != nil {
			t.Fatal(err)
		}
		if id == "a" {
			want = append(want, got)
		}
	}
	if err := errors.Join(s.MarkSpam(address, want[0]), s.Trash(address, want[1])); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a@example.com", "<a@example.com>"} {
		got, err := client.Search(t.Context(), id)
		if err != nil || len(got) != 2 || got[0] != want[1] || got[1] != want[0] {
			t.Errorf("%s: %v, %v, want %v", id, got, err, want)
		}
	}
	if got, err := client.Search(t.Context(), "absent@example.com"); err != nil || len(got) != 0 {
		t.Errorf("absent: %v, %v", got, err)
	}
	s.ResetCounters()
	for _, id := range []string{"", "<>", "a b@example.com", `"a"@example.com`, "a@example.com OR in:sent", "é@example.com"} {
		_, err := client.Search(t.Context(), id)
		failure(t, err, gmail.Refused)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests for what can't be searched for", n)
	}
}

// TestSearchPages: all pages are read, but not for ever.
func TestSearchPages(t *testing.T) {
	last := 3
	pages := 0
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if page := r.URL.Query().Get("pageToken"); pages > 0 && page != fmt.Sprint(pages) {
			t.Errorf("page %q is asked for after %d", page, pages)
		}
		pages++
		next := ""
		if pages != last {
			next = fmt.Sprintf(`,"nextPageToken":"%d"`, pages)
		}
		fmt.Fprintf(w, `{"messages":[{"id":"m%d"}]%s}`, pages, next)
	})
	ids, err := client.Search(t.Context(), "many@example.com")
	if err != nil || strings.Join(ids, " ") != "m1 m2 m3" {
		t.Errorf("%v, %v", ids, err)
	}
	last, pages = -1, 0
	ids, err = client.Search(t.Context(), "many@example.com")
	if err != nil || len(ids) != 4 {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestSearchScope: access = "insert" can't search.
// TestSearchAnswers: only an answer that says so tells that there is none.
func TestSearchAnswers(t *testing.T) {
	for answer, found := range map[string]int{
		`{"resultSizeEstimate":0}`: 0, `{"messages":[{"id":"1"},{"id":"2"}]}`: 2,
		"": -1, "null": -1, "[]": -1, `{"messages":[null]}`: -1, `{"messages":[{}]}`: -1, `{"messages":[{"id":"1"},{"id":""}]}`: -1,
		`{"messages":[` + strings.Repeat(`{"id":"1"},`, 500) + `{"id":"1"}]}`: -1,
	} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, answer) })
		ids, err := client.Search(t.Context(), "a@example.com")
		if found < 0 {
			failure(t, err, gmail.Passing)
		} else if err != nil || len(ids) != found {
			t.Errorf("%s: %q, %v", answer, ids, err)
		}
	}
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	_, err := client.Search(t.Context(), "a@example.com")
	failure(t, err, gmail.Passing)
}

func TestSearchScope(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false))})
	_, err := client.Search(t.Context(), "a@example.com")
	if e := failure(t, err, gmail.Unauthorised); e.Hint != gmail.HintLogin {
		t.Errorf("hint %q", e.Hint)
	}
}

func TestRaw(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	for _, size := range []int64{100, 101, 102, 30 << 20} {
		m := message{"raw", size}
		id, err := client.Upload(t.Context(), m.upload())
		if err != nil {
			t.Fatal(err)
		}
		s.ExpireAccessTokens() // which is mended on the way
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		raw, err := client.Raw(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := sameOctets(raw, io.NewSectionReader(m, 0, size)); err != nil {
			t.Errorf("%d octets: %v", size, err)
		}
		runtime.ReadMemStats(&after)
		if err := raw.Close(); err != nil {
			t.Error(err)
		}
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 8 {
			t.Errorf("%d octets: allocated %d MiB", size, mib)
		}
	}
	_, err := client.Raw(t.Context(), "absent")
	if e := failure(t, err, gmail.Refused); e.Status != http.StatusNotFound {
		t.Errorf("%+v", e)
	}
}

func sameOctets(got, want io.Reader) error {
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for off := 0; ; off += len(a) {
		n, err := io.ReadFull(got, a)
		k, _ := io.ReadFull(want, b)
		if n != k || !bytes.Equal(a[:n], b[:k]) {
			return fmt.Errorf("differs after octet %d: %d octets, want %d", off, n, k)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// TestRawForms reads the answer in the forms that JSON allows.
func TestRawForms(t *testing.T) {
	const text = "a\xff\xfe?>mails" // with "-", "_" and padding in base64url
	encoded := base64.URLEncoding.EncodeToString([]byte(text))
	if !strings.ContainsAny(encoded, "-_") || !strings.HasSuffix(encoded, "=") {
		t.Fatalf("%s tests too little", encoded)
	}
	bare := strings.TrimRight(encoded, "=")
	for _, answer := range []string{
		`{"raw":"` + encoded + `"}`,
		`{"raw":"` + bare + `"}`,
		`{"raw":"` + strings.ReplaceAll(encoded, "=", `\u003d`) + `"}`,
		`{"raw":"` + strings.ReplaceAll(encoded, "=", `\u003D`) + `"}`,
		`{"raw":"` + encoded[:4] + `\n` + encoded[4:] + `"}`,
		`{"raw":"` + encoded[:4] + fmt.Sprintf(`\u%04x`, encoded[4]) + encoded[5:] + `"}`,
		"\n{ \"id\" : \"1\" ,\r\n \"raw\" : \"" + encoded + "\" , \"x\" : 1 }\n",
		`{"snippet":"\"raw\":\"bm8\" \\","r aw":"bm8","payload":{"raw":"bm8","a":[{"raw":"bm8"},",]}"]},"n":null,"raw":"` + encoded + `"}`,
	} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, answer) })
		raw, err := client.Raw(t.Context(), "1")
		if err != nil {
			t.Errorf("%s: %v", answer, err)
			continue
		}
		got, err := io.ReadAll(iotest.OneByteReader(raw))
		if string(got) != text || err != nil {
			t.Errorf("%s: %q, %v", answer, got, err)
		}
		raw.Close()
	}
}

// TestRawBroken: what isn't the whole message is an error, never a short one.
func TestRawBroken(t *testing.T) {
	for _, answer := range []string{
		"", "{", "[]", `{"raw":""}`, `{"x":"` + strings.Repeat("x", 2<<20) + `","raw":"YWJj"}`, `{"id":"1"}`, `{"raw":null}`, `{"raw":5}`, `{"raw"`, `{"raw":"`, `{"raw":"YWJj`, `{"raw":"YWJj\`,
		`{"raw":"YWJj\u00`, `{"raw":"YW!j"}`, `{"raw":"YQ==YQ=="}`, `{"raw":"YQ==\u0041"}`, `{"raw":"Y"}`, `{"raw":"YW\tJj"}`,
		`{"raw":"\u00e9"}`, `{"payload":{"raw":"YWJj"}}`, `<html>`, `{"x":{"a":1}`, `{"x":"`,
	} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, answer) })
		raw, err := client.Raw(t.Context(), "1")
		if err == nil {
			_, err = io.ReadAll(raw)
			raw.Close()
		}
		failure(t, err, gmail.Passing)
	}
}

// TestRawStalls: the time-out is for reading on, too.
func TestRawStalls(t *testing.T) {
	over := make(chan struct{})
	stall := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"raw":"YWJj`)
		w.(http.Flusher).Flush()
		<-over
	})
	client := scriptedFor(t, 200*time.Millisecond, stall)
	t.Cleanup(func() { close(over) })
	raw, err := client.Raw(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	got, err := io.ReadAll(raw)
	e := failure(t, err, gmail.Passing)
	if string(got) != "abc" || !strings.Contains(e.Error(), "no progress") {
		t.Errorf("%q, %v", got, e)
	}
}
