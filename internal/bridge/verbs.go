package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// Save writes a message of the provider to w, byte for byte. What is recorded
// tells messages without a UID of their own apart, as in a run.
func (a *Account) Save(ctx context.Context, uid string, w io.Writer) error {
	j := a.job()
	var err error
	if j.known, err = a.Ledger.Account(ctx, a.Name); err != nil {
		return fmt.Errorf("read the state of %s: %w", a.Name, err)
	}
	j.oneByOne = j.loses()
	if j.book, err = openBook(ctx, a.Ledger, a.Name); err != nil {
		return err
	}
	s, listing, err := j.enter(ctx)
	if err != nil {
		return err
	}
	if err := j.save(ctx, s, listing, uid, w); err != nil {
		return errors.Join(err, s.Abort())
	}
	return leave(ctx, s)
}

func (j *job) save(ctx context.Context, s Session, listing pop3.Listing, uid string, w io.Writer) error {
	v := View{Listing: listing, Headers: map[int]*message.Summary{}}
	if err := j.identify(ctx, s, &v); err != nil {
		return err
	}
	for _, e := range v.Listing.Entries {
		if e.UID != uid {
			continue
		}
		numbers := func(yield func(int) bool) { yield(e.Number) }
		return s.Retr(ctx, numbers, func(_ int, body io.Reader, err error) error {
			if err != nil {
				return err
			}
			_, err = io.Copy(w, body)
			return err
		})
	}
	return &Failure{Class: Usage, Err: fmt.Errorf("the provider lists no UID %s", state.EscapeUID(uid)), Hint: "popbridge run --dry-run " + j.Name}
}
