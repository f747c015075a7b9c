package gmail

import (
	"context"
	"errors"
	"time"
)

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
