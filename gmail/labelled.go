package gmail

import "context"

// Labelled gives the ids of up to 500 messages with a label, by its id, and
// where the next page begins, empty after the last; an empty page is the
// first. It needs the scope gmail.readonly.
func (c *Client) Labelled(ctx context.Context, label, page string) (ids []string, next string, err error) {
	return c.listPage(ctx, c.service.Users.Messages.List("me").LabelIds(label), page)
}
