package gmail_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestValidateEndpoint(t *testing.T) {
	for _, good := range []string{
		"", "https://gmail.googleapis.com/", "https://mail.example.org/prefix", "http://127.0.0.1:8080/",
		"http://localhost:1", "http://[::1]:80/x",
	} {
		if err := gmail.ValidateEndpoint(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"http://example.org/", "http://127.0.0.1.example.org/", "ftp://127.0.0.1/", "https:///x", "gmail.googleapis.com",
		"https://user:hunter2@example.org/", "https://example.org/?key=1", "https://example.org/#a", "http://%zz:hunter2@x/",
	} {
		err := gmail.ValidateEndpoint(bad)
		if err == nil {
			t.Errorf("%s is accepted", bad)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v quotes the password", err)
		}
		if bad != "" {
			_, err = gmail.New(t.Context(), gmail.Options{Endpoint: bad, Tokens: &counted{}})
			failure(t, err, gmail.Configuration)
		}
	}
}

// TestPathPrefix: the library sends uploads to the server's root.
func TestPathPrefix(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	for _, prefix := range []string{"/proxy", "/proxy/", "/a/b/"} {
		proxy := httptest.NewServer(http.StripPrefix(strings.TrimSuffix(prefix, "/"), s.Handler()))
		t.Cleanup(proxy.Close)
		client := newClient(t, gmail.Options{
			Endpoint: proxy.URL + prefix, Tokens: fileSource(t, s, gmail.Scopes(true)),
		})
		if _, err := client.ResolveLabels(t.Context(), []string{"Archive"}); err != nil {
			t.Errorf("%s: %v", prefix, err)
		}
		for _, size := range []int64{1000, 9 << 20} {
			m := message{"prefix", size}
			id, err := client.Upload(t.Context(), m.upload())
			if err != nil {
				t.Fatalf("%s, %d octets: %v", prefix, size, err)
			}
			raw, err := client.Raw(t.Context(), id)
			if err != nil {
				t.Fatalf("%s: %v", prefix, err)
			}
			raw.Close()
		}
	}
}

// bystander is a server that must not hear of us.
func bystander(t *testing.T) (url string, asked *atomic.Int32) {
	asked = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// TestRedirectIsNotFollowed: neither token nor mail go to another server, nor
// to another page of this one.
func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere, asked := bystander(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		var calls atomic.Int32
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Location", elsewhere+"/x?y")
			w.WriteHeader(status)
		})
		_, err := client.Upload(t.Context(), message{"redirect", 1000}.upload())
		e := failure(t, err, gmail.Configuration)
		if host := strings.TrimPrefix(elsewhere, "http://"); !strings.Contains(e.Error(), host) {
			t.Errorf("%d: %q doesn't name %s", status, e, host)
		}
		_, err = client.ResolveLabels(t.Context(), []string{"Archive"})
		failure(t, err, gmail.Configuration)
		if n := calls.Load(); n != 2 {
			t.Errorf("%d: %d requests, want 2", status, n)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// TestUploadAddress: the address of an upload session is the server's word.
func TestUploadAddress(t *testing.T) {
	elsewhere, asked := bystander(t)
	for location, kind := range map[string]gmail.Kind{
		elsewhere + "/upload?upload_id=key":                                                      gmail.Configuration,
		"https://127.0.0.1/upload":                                                               gmail.Configuration,
		strings.TrimPrefix(elsewhere, "http:") + "/upload?upload_id=key":                         gmail.Configuration,
		"http://127.0.0.1@" + strings.TrimPrefix(elsewhere, "http://") + "/upload?upload_id=key": gmail.Configuration,
		"file:///upload?upload_id=key":                                                           gmail.Configuration,
		":":                                                                                      gmail.Passing,
		"":                                                                                       gmail.Passing,
		"/upload/session?upload_id=key":                                                          gmail.Passing, // taken, see below
	} {
		var chunks atomic.Int32
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if r.URL.Path == "/upload/session" { // an early chunk, so that nothing is in doubt
				chunks.Add(1)
				return
			}
			if location != "" {
				w.Header().Set("Location", location)
			}
		})
		_, err := client.Upload(t.Context(), message{"address", 9 << 20}.upload())
		e := failure(t, err, kind)
		if strings.Contains(e.Error(), "key") {
			t.Errorf("%q quotes the key to the session", e)
		}
		if took := chunks.Load() > 0; took != strings.HasPrefix(location, "/upload") {
			t.Errorf("%q: %d chunks were sent", location, chunks.Load())
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// TestNoSecretsInErrors goes through failures that quote what they can.
func TestNoSecretsInErrors(t *testing.T) {
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret-1" {
			t.Errorf("authorised by %q", r.Header.Get("Authorization"))
		}
		panic(http.ErrAbortHandler)
	})
	for _, size := range []int64{1000, 9 << 20} {
		_, err := client.Upload(t.Context(), message{"private", size}.upload())
		for text := range strings.SplitSeq(fmt.Sprintf("%v\n%+v\n%#v", err, err, err), "\n") {
			if strings.Contains(text, "secret") || strings.Contains(text, "sender@") || strings.Contains(text, "http://") {
				t.Errorf("%q", text)
			}
		}
	}
}

// TestBoundedHeader: the default transport doesn't take a header of any size.
func TestBoundedHeader(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
		io.WriteString(w, `{"labels":[]}`)
	}))
	defer server.Close()
	client, err := gmail.New(t.Context(), gmail.Options{Endpoint: server.URL, Tokens: &counted{}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.ResolveLabels(t.Context(), []string{"Archive"})
	failure(t, err, gmail.Passing)
}

func TestServerTime(t *testing.T) {
	local := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	server := local.Add(-50 * time.Hour)
	client := scriptedAt(t, local, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", server.Format(http.TimeFormat))
		io.WriteString(w, `{"labels":[{"id":"Label_1","name":"Archive"}]}`)
	})
	if _, ok := client.ServerTime(); ok {
		t.Error("a time before the first answer")
	}
	if _, ok := client.Skew(); ok {
		t.Error("a skew before the first answer")
	}
	if _, err := client.ResolveLabels(t.Context(), []string{"Archive"}); err != nil {
		t.Fatal(err)
	}
	if got, ok := client.ServerTime(); !ok || !got.Equal(server) {
		t.Errorf("server time %v, %v", got, ok)
	}
	if skew, ok := client.Skew(); !ok || skew != -50*time.Hour {
		t.Errorf("skew %v, %v", skew, ok)
	}
}

// TestLogHoldsNoSecrets: the trace names requests, without their queries.
func TestLogHoldsNoSecrets(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	var log bytes.Buffer
	client := newClient(t, gmail.Options{
		Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false)),
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if _, err := client.Upload(t.Context(), message{"log", 9 << 20}.upload()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "status=200"); n != 4 {
		t.Errorf("%d requests in %s", n, &log)
	}
	for _, secret := range []string{"upload_id", "ya29.", "sender@", "Bearer"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s in %s", secret, &log)
		}
	}
}

// TestHTTP2: Google's servers speak it, and there a request breaks off
// differently.
func TestHTTP2(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	server := httptest.NewUnstartedServer(s.Handler())
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	client := newClient(t, gmail.Options{
		Endpoint: server.URL, Tokens: fileSource(t, s, gmail.Scopes(true)), Transport: server.Client().Transport,
	})
	m := message{"two", 3 << 20}
	_, err := client.Upload(t.Context(), gmail.Upload{Body: failing{m, m.size - 1000, io.EOF}, Size: m.size})
	failure(t, err, gmail.Passing)
	if n := len(s.Messages(address)); n != 0 {
		t.Fatalf("%d messages of a cut body", n)
	}
	s.SetFault(gmailtest.OnMessage("<two@example.com>", gmailtest.StageAnswer, gmailtest.Cut()))
	_, err = client.Upload(t.Context(), m.upload())
	failure(t, err, gmail.InDoubt)
	s.SetFault(nil)
	s.ExpireAccessTokens()
	if _, err := client.Upload(t.Context(), m.upload()); err != nil {
		t.Fatal(err)
	}
	if got := s.Messages(address); len(got) != 2 || got[1].Digest != m.digest() {
		t.Errorf("stored %+v", got)
	}
}
