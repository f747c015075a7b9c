package gmail_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

const address = "user@example.org"

// standIn starts a Gmail that ends with the test.
func standIn(t *testing.T, o gmailtest.Options) *gmailtest.Server {
	t.Helper()
	s, err := gmailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// connect gives a client of the stand-in that has the scopes for everything.
func connect(t *testing.T, s *gmailtest.Server) *gmail.Client {
	t.Helper()
	return newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(true))})
}

// newClient makes a client whose connections end with the test.
func newClient(t *testing.T, o gmail.Options) *gmail.Client {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	if o.Transport == nil {
		o.Transport = transport
	}
	c, err := gmail.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fileSource gives the tokens of a token file that the stand-in knows.
func fileSource(t *testing.T, s *gmailtest.Server, scopes []string) gmail.TokenSource {
	t.Helper()
	path := tokenFile(t, s.TokenJSON(address, scopes...))
	config, err := gmail.LoadClient(s.ClientJSON())
	if err != nil {
		t.Fatal(err)
	}
	return gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Scopes: scopes, Now: time.Now})
}

func tokenFile(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// scripted gives a client of a handler, with tokens that count.
func scripted(t *testing.T, h http.HandlerFunc) *gmail.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return newClient(t, gmail.Options{Endpoint: server.URL, Tokens: &counted{}, Timeout: 5 * time.Second})
}

// counted gives secret-1, and after each Invalidate the next.
type counted struct {
	mu      sync.Mutex
	refused []string
}

func (c *counted) Token(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("secret-%d", len(c.refused)+1), nil
}

func (c *counted) Invalidate(access string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = append(c.refused, access)
}

// message is a mail of the given size that is nowhere held in memory.
type message struct {
	id   string
	size int64
}

// body repeats with an odd period, so that a shifted or doubled chunk shows.
var body = strings.Repeat("The quick brown fox jumps over the lazy dog\r\n", 2000)[:65537]

func (m message) header() string {
	return "From: sender@example.com\r\nMessage-ID: <" + m.id + "@example.com>\r\n\r\n"
}

func (m message) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < m.size {
		text := m.header()
		from := off
		if off >= int64(len(text)) {
			from, text = (off-int64(len(text)))%int64(len(body)), body
		}
		k := copy(p[n:min(int64(len(p)), int64(n)+m.size-off)], text[from:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m message) upload() gmail.Upload { return gmail.Upload{Body: m, Size: m.size} }

func (m message) digest() (sum [32]byte) {
	h := sha256.New()
	io.Copy(h, io.NewSectionReader(m, 0, m.size))
	return [32]byte(h.Sum(nil))
}

// failure gives the *gmail.Error of an error, and fails where it has another
// kind.
func failure(t *testing.T, err error, kind gmail.Kind) *gmail.Error {
	t.Helper()
	var e *gmail.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want a *gmail.Error of kind %d", err, kind)
	}
	if e.Kind != kind {
		t.Fatalf("kind of %q is %d, want %d", e, e.Kind, kind)
	}
	return e
}

// scriptedAt is scripted by another clock.
func scriptedAt(t *testing.T, now time.Time, h http.HandlerFunc) *gmail.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return newClient(t, gmail.Options{
		Endpoint: server.URL, Tokens: &counted{}, Now: func() time.Time { return now },
	})
}

// scriptedFor is scripted with another time-out.
func scriptedFor(t *testing.T, timeout time.Duration, h http.HandlerFunc) *gmail.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return newClient(t, gmail.Options{Endpoint: server.URL, Tokens: &counted{}, Timeout: timeout})
}
