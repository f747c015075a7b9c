package gmail

import (
	"context"
	"fmt"
	"net/http"
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
		byID := c.service.Users.Messages.List("me").Q("rfc822msgid:" + id)
		if found, page, err = c.listPage(ctx, byID, page); err != nil {
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

// listPage gives a page of a list, Spam and Trash too, and where the next one
// begins, empty after the last; an empty page is the first.
func (c *Client) listPage(ctx context.Context, list *gmailapi.UsersMessagesListCall, page string) (ids []string, next string, err error) {
	err = c.call(ctx, "messages.list", searchAnswer, func(ctx context.Context) error {
		list = list.IncludeSpamTrash(true).MaxResults(searchPage).Context(ctx)
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

// messageIDs wants an id of each message: to overlook one would be to find
// that a message isn't there.
func messageIDs(messages []*gmailapi.Message) (ids []string, err error) {
	if len(messages) > searchPage {
		return nil, fmt.Errorf("the answer names %d messages, %d were asked for", len(messages), searchPage)
	}
	for _, m := range messages {
		if m == nil || m.Id == "" {
			return nil, errNoID
		}
		ids = append(ids, m.Id)
	}
	return ids, nil
}
