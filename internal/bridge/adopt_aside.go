package bridge

import (
	"context"
	"fmt"

	"github.com/popbridge/popbridge/gmail"
)

// The labels of what Gmail deletes after 30 days
// (https://support.google.com/mail/answer/7401).
const (
	gmailSpam  = "SPAM"
	gmailTrash = "TRASH"
)

// asidePages bounds how many pages of such messages are read, of 500 each.
const asidePages = 1000

// listAside gives the labels of the messages in Spam and Trash by their ids.
func (d *Destination) listAside(ctx context.Context) (map[string]string, error) {
	aside := map[string]string{}
	for _, label := range []string{gmailSpam, gmailTrash} {
		if err := d.listLabelled(ctx, label, aside); err != nil {
			return nil, err
		}
	}
	return aside, nil
}

func (d *Destination) listLabelled(ctx context.Context, label string, into map[string]string) error {
	page := ""
	for range asidePages {
		var ids []string
		err := d.persist(ctx, gmail.UnitsList, func() (err error) {
			var next string
			if ids, next, err = d.Importer.Labelled(ctx, label, page); err == nil {
				page = next
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			into[id] = label
		}
		if page == "" {
			return nil
		}
	}
	return &Failure{Class: Unavailable, Err: fmt.Errorf("list %s of %s: it has no end", label, d.Name),
		Hint: "empty it in Gmail, then try again"}
}
