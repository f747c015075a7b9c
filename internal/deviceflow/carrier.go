package deviceflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// carrier carries requests, one after another, and keeps why one failed: of
// that, the library hands on a text at most, which may quote the answer.
type carrier struct {
	base http.RoundTripper
	// ctx replaces that of the requests; nil leaves it.
	ctx context.Context
	err error
	// last is the body of the last answer.
	last io.Closer
}

// client follows no redirect: what is sent is meant for this server alone.
// Each may take as long as limit, without one where that is 0.
func (c *carrier) client(limit time.Duration) *http.Client {
	return &http.Client{Transport: c, Timeout: limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip carries a request.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.ctx != nil {
		r = r.WithContext(c.ctx)
	}
	var resp *http.Response
	if resp, c.err = c.base.RoundTrip(r); c.err != nil {
		return nil, c.err
	}
	c.last = resp.Body
	resp.Body = body{resp.Body, c}
	return resp, nil
}

// close lets go of the last answer.
func (c *carrier) close() {
	if c.last != nil {
		_ = c.last.Close() // it was read, or is not wanted
	}
}

// body tells its carrier where it breaks off.
type body struct {
	io.ReadCloser
	carrier *carrier
}

func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.carrier.err = err
	}
	return n, err
}

// failure says what an error of the library means.
func (c *carrier) failure(ctx context.Context, op string, err error) error {
	var answer *oauth2.RetrieveError
	var request *url.Error
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", op, ctx.Err())
	case c.err != nil:
		return &Error{Kind: Passing, Op: op, Err: c.err}
	case errors.As(err, &answer) && answer.Response != nil:
		return newError(op, answer.Response.StatusCode, answer.Body)
	case errors.As(err, &request):
		return &Error{Kind: Passing, Op: op, Err: request.Err}
	}
	return &Error{Kind: Unusable, Op: op}
}
