package gmail

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

const (
	// tokenTimeout is for a token request as a whole: its answer is small.
	tokenTimeout = 30 * time.Second
	// tokenAnswer bounds the answer, in octets.
	tokenAnswer = 32 << 10
)

// tokenTransport is what a single token request goes through. It applies the
// caller's context, which the JWT flow drops, follows no redirect, and keeps
// the error, of which the JWT flow hands on the text alone.
type tokenTransport struct {
	ctx  context.Context
	base http.RoundTripper

	mu  sync.Mutex
	err error
	// dated is the Date of the answer, zero where there is none.
	dated time.Time
}

// tokenContext makes the context for a token request of the oauth2 package.
// The transport is that of client, nil is a new one.
func tokenContext(ctx context.Context, client *http.Client) (context.Context, *tokenTransport, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	t := &tokenTransport{ctx: ctx}
	if client != nil {
		t.base = client.Transport
	}
	if t.base == nil {
		own := newTransport()
		own.DisableKeepAlives = true // one request an hour
		t.base = own
	}
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: t}), t, cancel
}

func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(req.WithContext(t.ctx))
	if err == nil {
		if err = redirected(resp); err != nil {
			resp.Body.Close()
		}
	}
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.err = err
		return nil, err
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, left: tokenAnswer}
	t.date(resp.Header)
	return resp, nil
}

func (t *tokenTransport) date(h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return // it doesn't tell
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dated = at
}

// skew is how far the server's clock is ahead of ours, now being soon after
// its answer; 0 where that doesn't tell.
func (t *tokenTransport) skew(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dated.IsZero() {
		return 0
	}
	return t.dated.Sub(now)
}

func (t *tokenTransport) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

var errLongAnswer = errors.New("the answer is too long")

// boundedBody fails where a body is too long, so that it isn't taken for a
// shorter one.
type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongAnswer
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
