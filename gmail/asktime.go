package gmail

import (
	"context"
	"errors"
	"time"
)

// CheckToken tells whether there is a token to work with, which it refreshes
// where it must.
func (c *Client) CheckToken(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.tokens.Token(ctx)
	return err
}

// AskTime gives Gmail's clock, by the Date of the answer to labels.list, the
// call that costs least.
func (c *Client) AskTime(ctx context.Context) (time.Time, error) {
	c.labels.mu.Lock()
	defer c.labels.mu.Unlock()
	if err := c.listLabels(ctx); err != nil {
		return time.Time{}, err
	}
	t, ok := c.ServerTime()
	if !ok {
		return time.Time{}, &Error{Kind: Passing, Op: "labels.list", Err: errors.New("the answer has no date")}
	}
	return t, nil
}
