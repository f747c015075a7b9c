package gmail

import (
	"context"
	"strings"

	gmailapi "google.golang.org/api/gmail/v1"
)

const (
	searchPage = 500
	// searchPages bounds a search: a mailbox has few messages of one
	// Message-ID.
	searchPages = 4
)

// Search gives the ids of the messages that have a Message-ID, with or
// without its angle brackets, in Spam and Trash too; of more than 2,000 the
// first. It needs the scope gmail.readonly, and Gmail's index lags by
// seconds. A Message-ID that can't stand in a query is a Refused error.
func (c *Client) Search(ctx context.Context, messageID string) (ids []string, err error) {
	id := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(messageID), "<"), ">")
	if id == "" || strings.ContainsFunc(id, breaksQuery) {
		return nil, &Error{Kind: Refused, Op: "messages.list", Reason: "the Message-ID can't be searched for"}
	}
	page := ""
	for range searchPages {
		var found []string
		if found, page, err = c.searchPage(ctx, id, page); err != nil {
			return nil, err
		}
		ids = append(ids, found...)
		if page == "" {
			break
		}
	}
	return ids, nil
}

// breaksQuery tells the characters that end a word of Gmail's search.
func breaksQuery(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(){}<>`, r)
}

func (c *Client) searchPage(ctx context.Context, id, page string) (ids []string, next string, err error) {
	err = c.call(ctx, "messages.list", listAnswer, func(ctx context.Context) error {
		list := c.service.Users.Messages.List("me").Q("rfc822msgid:" + id).
			IncludeSpamTrash(true).MaxResults(searchPage).Context(ctx)
		if page != "" {
			list = list.PageToken(page)
		}
		answer, err := list.Do()
		if err != nil {
			return err
		}
		ids, next = messageIDs(answer.Messages), answer.NextPageToken
		return nil
	})
	return ids, next, err
}

func messageIDs(messages []*gmailapi.Message) (ids []string) {
	for _, m := range messages {
		ids = append(ids, m.Id)
	}
	return ids
}
