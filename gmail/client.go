package gmail

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	gmailapi "google.golang.org/api/gmail/v1"
	"google.golang.org/api/option"
)

// TokenSource gives the access tokens that requests are authorised by.
// Implementations may be used from several goroutines.
type TokenSource interface {
	// Token gives a token that is valid for now. Its errors are *Error.
	Token(ctx context.Context) (string, error)
	// Invalidate says that the server didn't accept this token.
	Invalidate(access string)
}

// Options say how a [Client] reaches Gmail.
type Options struct {
	// Endpoint is the API's root; empty is Google's. See [ValidateEndpoint].
	Endpoint string
	Tokens   TokenSource
	// Timeout is how long a call may stay without any progress, that is,
	// octets sent or received; 0 is 60 s. A call that goes on has no limit.
	Timeout time.Duration
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// Transport carries the requests; nil is a new one.
	Transport http.RoundTripper
	// Logger is told of each request at debug level; nil is silent.
	Logger *slog.Logger
}

// Client is one Gmail mailbox. It may be used from several goroutines.
type Client struct {
	service   *gmailapi.Service
	http      *http.Client
	transport *transport
	root      *url.URL
	tokens    TokenSource
	timeout   time.Duration
	now       func() time.Time
	labels    labelBook
}

const defaultTimeout = 60 * time.Second

// New makes a client. It sends nothing yet; its errors are those of the
// options.
func New(ctx context.Context, o Options) (*Client, error) {
	root, err := parseRoot(o.Endpoint)
	if err != nil {
		return nil, &Error{Kind: Configuration, Op: "read the Gmail endpoint", Err: err}
	}
	o = o.withDefaults()
	t := &transport{base: o.Transport, root: root, tokens: o.Tokens, now: o.Now, log: o.Logger}
	c := &Client{
		http: &http.Client{Transport: t}, transport: t, root: root,
		tokens: o.Tokens, timeout: o.Timeout, now: o.Now,
	}
	// The logger is ours: an environment variable makes the library's print
	// requests.
	c.service, err = gmailapi.NewService(ctx, option.WithHTTPClient(c.http),
		option.WithEndpoint(root.String()), option.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, &Error{Kind: Configuration, Op: "set up the Gmail client", Err: fmt.Errorf("%w", err)}
	}
	c.service.UserAgent = "popbridge"
	return c, nil
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// ServerTime gives the Date of the last answer; ok is false before the first.
func (c *Client) ServerTime() (t time.Time, ok bool) {
	seen := c.transport.dated.Load()
	if seen == nil {
		return time.Time{}, false
	}
	return seen.server, true
}

// Skew tells how far the server's clock was ahead of the local one at the
// last answer, to the second that a Date gives; ok is false before the first.
func (c *Client) Skew() (d time.Duration, ok bool) {
	seen := c.transport.dated.Load()
	if seen == nil {
		return 0, false
	}
	return seen.server.Sub(seen.local), true
}
