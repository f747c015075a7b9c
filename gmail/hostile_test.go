package gmail_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

const mib = 1 << 20

// allocated gives how much memory a function asked for in all, in octets:
// it never holds more.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// endless answers with a beginning and then the same again and again, until
// the client goes.
func endless(status int, begin, again string, sent *atomic.Int64) http.HandlerFunc {
	block := []byte(strings.Repeat(again, 64<<10/len(again)))
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		n, err := io.WriteString(w, begin)
		for ; err == nil; n, err = w.Write(block) {
			sent.Add(int64(n))
		}
	}
}

// TestAnswersWithoutEnd: no answer to any request takes more memory than the
// largest that makes sense, or goes on for ever.
func TestAnswersWithoutEnd(t *testing.T) {
	for _, x := range exchanges() {
		memory, answer := uint64(24*mib), int64(8*mib) // of which the sockets hold some
		if x.name == "labels.list" {
			memory, answer = 160*mib, 28*mib
		}
		for _, c := range []struct {
			status       int
			begin, again string
		}{
			{200, "", " "},
			{200, `{"id":"`, "x"},
			{200, `{"x":`, "["},
			{200, `{"labels":[{}`, ",{}"},
			{200, `{"messages":[{"payload":{}}`, `,{"payload":{}}`},
			{500, `{"error":{"errors":[{}`, ",{}"},
			{403, "<html>", "x"},
		} {
			if c.status == 500 && strings.HasSuffix(x.name, "chunk") {
				continue // the library sends it again for long
			}
			var sent atomic.Int64
			var err error
			took := allocated(func() { err = x.against(t, endless(c.status, c.begin, c.again, &sent)) })
			if err == nil {
				t.Errorf("%s: %d %s…: no failure", x.name, c.status, c.begin)
			}
			if took > memory || sent.Load() > answer && c.status == 200 {
				t.Errorf("%s: %d %s…: %d MiB of memory, %d MiB were sent", x.name, c.status, c.begin, took/mib, sent.Load()/mib)
			}
		}
	}
}

// TestBombs: an answer is measured by what it unpacks to.
func TestBombs(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(bytes.Repeat([]byte(" "), 16*mib))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, x := range exchanges() {
		memory := uint64(24 * mib)
		if x.name == "labels.list" {
			memory = 160 * mib
		}
		var err error
		took := allocated(func() {
			err = x.against(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Encoding", "gzip")
				for err := error(nil); err == nil; { // one member of the archive after the other
					_, err = w.Write(packed.Bytes())
				}
			})
		})
		failure(t, err, x.kind)
		if took > memory {
			t.Errorf("%s: %d MiB of memory", x.name, took/mib)
		}
	}
}

// TestManyObjects: an answer of the largest size has no room for more objects
// than make sense, each of which takes a hundred times its octets.
func TestManyObjects(t *testing.T) {
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"labels":[{}`+strings.Repeat(",{}", 5*mib)+"]}")
	})
	var err error
	took := allocated(func() { _, err = client.ResolveLabels(t.Context(), []string{"Archive"}) })
	failure(t, err, gmail.Passing)
	if took > 160*mib {
		t.Errorf("%d MiB of memory", took/mib)
	}
}

// TestManyLabels: the bounds leave room for the largest mailbox.
func TestManyLabels(t *testing.T) {
	const labels = 10000 // Gmail's limit
	color := `"color":{"textColor":"#000000","backgroundColor":"#ffffff"}`
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"labels":[`)
		for i := range labels {
			fmt.Fprintf(w, `{"id":"Label_%d","name":"%s/%d",%s},`, i, strings.Repeat("name", 50), i, color)
		}
		fmt.Fprintf(w, `{"id":"Label_last","name":"Archive",%s}]}`, color)
	})
	ids, err := client.ResolveLabels(t.Context(), []string{"Archive"})
	if err != nil || len(ids) != 1 || ids[0] != "Label_last" {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestHeadersWithoutEnd: neither headers nor what HTTP has around bodies may
// go on for ever.
func TestHeadersWithoutEnd(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct{ begin, again string }{
		"header fields": {ok, "X-Field: value\r\n"},
		"header field":  {ok + "X-Field: ", "value"},
		"status line":   {"HTTP/1.1 200 ", "OK"},
		"early hints":   {"", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"},
		"continue":      {"", "HTTP/1.1 100 Continue\r\n\r\n"},
		"chunk":         {ok + "Transfer-Encoding: chunked\r\n\r\n1;", "x"},
		"trailer":       {ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X-Field: value\r\n"},
		"tiny chunks":   {ok + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"},
	} {
		for _, x := range exchanges() {
			if x.name != "token" && x.name != "import" && x.name != "labels.create" {
				continue // as these
			}
			var err error
			took := allocated(func() {
				err = x.against(t, func(w http.ResponseWriter, r *http.Request) {
					io.Copy(io.Discard, r.Body)
					flood(w, c.begin, c.again)
				})
			})
			if e := failure(t, err, x.kind); strings.Contains(e.Error(), "no progress") {
				t.Errorf("%s, %s: only the time-out ends it: %v", x.name, name, e)
			}
			if took > 200*mib {
				t.Errorf("%s, %s: %d MiB of memory", x.name, name, took/mib)
			}
		}
	}
}

// flood writes to the connection itself, for ever.
func flood(w http.ResponseWriter, begin, again string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	io.WriteString(conn, begin)
	block := []byte(strings.Repeat(again, 4<<10/len(again)))
	for err == nil {
		_, err = conn.Write(block)
	}
}

// TestTrickle: octets that come too slowly to end are no progress.
func TestTrickle(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	s.SetFault(gmailtest.Once(gmailtest.KindLabelList, gmailtest.StageAnswer,
		&gmailtest.Fault{Status: 200, Body: strings.Repeat(" ", 200), Trickle: 10 * time.Millisecond}))
	client := newClient(t, gmail.Options{
		Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(true)), Timeout: 300 * time.Millisecond,
	})
	_, err := client.ResolveLabels(t.Context(), []string{"Archive"})
	if e := failure(t, err, gmail.Passing); !strings.Contains(e.Error(), "no progress for 300ms") {
		t.Errorf("%v", e)
	}
}
