package gmail

import (
	"context"
	"net/http"
)

// Labelled gives the ids of up to 500 messages with a label, by its id, and
// where the next page begins, empty after the last; an empty page is the
// first. It needs the scope gmail.readonly.
func (c *Client) Labelled(ctx context.Context, label, page string) (ids []string, next string, err error) {
	err = c.call(ctx, "messages.list", searchAnswer, func(ctx context.Context) error {
		list := c.service.Users.Messages.List("me").LabelIds(label).
			IncludeSpamTrash(true).MaxResults(searchPage).Context(ctx)
		if page != "" {
			list = list.PageToken(page)
		}
		answer, err := list.Do()
		if err != nil {
			return err
		}
		if answer == nil || answer.HTTPStatusCode != http.StatusOK {
			return errNoID
		}
		ids, err = messageIDs(answer.Messages)
		next = answer.NextPageToken
		return err
	})
	return ids, next, err
}
