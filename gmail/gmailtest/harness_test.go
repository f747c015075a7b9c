package gmailtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

const user = "user@example.org"

// all opens everything that the stand-in has.
func all() []string {
	return []string{gmailtest.ScopeInsert, gmailtest.ScopeLabels, gmailtest.ScopeReadonly}
}

// clock is a clock that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func start(t *testing.T, opt gmailtest.Options) *gmailtest.Server {
	t.Helper()
	s, err := gmailtest.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// token reads what TokenJSON gives as the oauth2 library would.
func token(t *testing.T, raw []byte) *oauth2.Token {
	t.Helper()
	var tok oauth2.Token
	if err := json.Unmarshal(raw, &tok); err != nil {
		t.Fatal(err)
	}
	return &tok
}

// httpClient sends the token of an address with these scopes.
func httpClient(t *testing.T, s *gmailtest.Server, scopes ...string) *http.Client {
	t.Helper()
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: base})
	return oauth2.NewClient(ctx, oauth2.StaticTokenSource(token(t, s.TokenJSON(user, scopes...))))
}

// service is Google's own client.
func service(t *testing.T, s *gmailtest.Server, scopes ...string) *gmail.Service {
	t.Helper()
	svc, err := gmail.NewService(t.Context(), option.WithEndpoint(s.URL()), option.WithHTTPClient(httpClient(t, s, scopes...)))
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

// mail is a small good message.
func mail(messageID, body string) []byte {
	return fmt.Appendf(nil, "From: sender@example.com\r\nMessage-ID: %s\r\nDate: Mon, 02 Feb 2026 10:00:00 +0900\r\n\r\n%s\r\n", messageID, body)
}

// imported imports a message in one multipart request.
func imported(svc *gmail.Service, raw []byte, labels ...string) (*gmail.Message, error) {
	return svc.Users.Messages.Import("me", &gmail.Message{LabelIds: labels}).
		Media(bytes.NewReader(raw), googleapi.ChunkSize(0), googleapi.ContentType("message/rfc822")).Do()
}

func mustImport(t *testing.T, svc *gmail.Service, raw []byte, labels ...string) *gmail.Message {
	t.Helper()
	m, err := imported(svc, raw, labels...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wantError wants a refusal of Google's form.
func wantError(t *testing.T, err error, code int, reason, message string) *googleapi.Error {
	t.Helper()
	var e *googleapi.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want HTTP %d %s", err, code, message)
	}
	if e.Code != code || !strings.Contains(e.Message, message) || len(e.Errors) != 1 || e.Errors[0].Reason != reason {
		t.Fatalf("got %d %q %+v, want %d %q %q", e.Code, e.Message, e.Errors, code, message, reason)
	}
	return e
}

// wantStored wants just one message, with these octets.
func wantStored(t *testing.T, s *gmailtest.Server, raw []byte) gmailtest.Message {
	t.Helper()
	all := s.Messages(user)
	if len(all) != 1 {
		t.Fatalf("%d messages, want 1", len(all))
	}
	m := all[0]
	if m.Size != int64(len(raw)) || m.Digest != sha256.Sum256(raw) {
		t.Fatalf("stored %d octets with digest %x, want %d with %x", m.Size, m.Digest, len(raw), sha256.Sum256(raw))
	}
	r, err := s.Raw(user, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, raw) {
		t.Fatalf("read %d octets (%v) that differ from the %d sent", len(got), err, len(raw))
	}
	return m
}

func wantNothing(t *testing.T, s *gmailtest.Server) {
	t.Helper()
	if n := len(s.Messages(user)); n != 0 {
		t.Fatalf("%d messages, want none", n)
	}
}

// do sends a request with headers given as "Name: value".
func do(t *testing.T, c *http.Client, method, url string, body io.Reader, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}
