package gmail

import (
	"context"
	"net/http"
)

// Limits of answers, in octets.
const (
	smallAnswer = 64 << 10
	errorAnswer = 64 << 10
	// A page of a search has up to 500 messages of about a hundred octets.
	searchAnswer = 1 << 20
	// A mailbox may have 10,000 labels of a few hundred octets each.
	labelsAnswer = 16 << 20
)

// call runs one call of the API and says what its failure means.
func (c *Client) call(ctx context.Context, op string, limit int64, fn func(context.Context) error) error {
	ex, err := c.begin(ctx, op, limit, fn)
	if err != nil {
		return err
	}
	ex.stop()
	return nil
}

// begin is call for answers that are read later: where it goes well, the
// exchange goes on until the caller stops it. An access token that isn't
// accepted is replaced once.
func (c *Client) begin(ctx context.Context, op string, limit int64, fn func(context.Context) error) (*exchange, error) {
	for try := 1; ; try++ {
		ex := newExchange(ctx, c.timeout, limit)
		err := fn(ex.ctx)
		if err == nil {
			return ex, nil
		}
		failure := c.classify(op, ex, err)
		ex.stop()
		if failure.Kind != Unauthorised || failure.Status != http.StatusUnauthorized {
			return nil, failure
		}
		c.tokens.Invalidate(ex.lastAccess())
		if try == 2 {
			return nil, failure
		}
	}
}
