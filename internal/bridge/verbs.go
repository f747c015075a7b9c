package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// Adoption is what Adopt did.
type Adoption struct {
	// Adopted are newly counted as seen; Known were recorded before.
	Adopted, Known int
	// Later are those not before the given date, Undated those without one.
	Later, Undated int
}

// Adopt records what is on the provider now as seen, so that only new mail is
// imported. With a date, only mail before it: by its newest Received, else its
// Date. The caller holds the account's lock.
func (a *Account) Adopt(ctx context.Context, before time.Time) (done Adoption, err error) {
	j := a.job()
	if err := j.recall(ctx); err != nil {
		return done, err
	}
	s, listing, err := j.enter(ctx)
	if err != nil {
		return done, err
	}
	rows, err := j.adoptable(ctx, s, listing, before, &done)
	if err != nil {
		return done, errors.Join(err, s.Abort())
	}
	if err := leave(ctx, s); err != nil {
		return done, err
	}
	next := j.known
	next.Name, next.Mailbox = a.Name, a.Mailbox
	next.Listed, next.Octets, next.OneByOneSince = j.result.Listed, j.result.Octets, j.noteLosses(j.Now())
	return done, a.Ledger.Write(ctx, func(w *state.Writer) error {
		return errors.Join(w.Put(rows...), w.PutAccount(next))
	})
}

// adoptable gives the rows of what is to be adopted, with header digests, by
// which they are found again when the provider changes its UIDs.
func (j *job) adoptable(ctx context.Context, s Session, listing pop3.Listing, before time.Time, done *Adoption) ([]state.Record, error) {
	if listing.Flaw != "" {
		return nil, &Failure{Class: Unavailable, Err: fmt.Errorf("list the mailbox of %s: %s", j.Name, listing.Flaw)}
	}
	v := View{Listing: listing, Headers: map[int]*message.Summary{}}
	if err := j.identify(ctx, s, &v); err != nil {
		return nil, err
	}
	j.keepResult(v.Listing, []Action{})
	if err := j.peekNew(ctx, s, v); err != nil {
		return nil, err
	}
	var rows []state.Record
	for _, e := range v.Listing.Entries {
		r := j.book.get(e.UID)
		header := v.Headers[e.Number]
		switch {
		case r.UID != "" && (r.Status != state.Pending || r.InDoubt()):
			done.Known++
		case before.IsZero() || isBefore(header, before, done):
			row, err := j.adopted(ctx, e, header)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
			done.Adopted++
		}
	}
	return rows, nil
}

// adopted is the row of an adopted message.
func (j *job) adopted(ctx context.Context, e pop3.Entry, header *message.Summary) (state.Record, error) {
	now := j.Now()
	r := state.Record{Account: j.Name, UID: e.UID, FirstSeen: now}
	if j.book.get(e.UID).UID != "" {
		var err error
		if r, err = j.book.record(ctx, e.UID); err != nil {
			return r, err
		}
	}
	r.Size, r.Status, r.LastListed, r.Listed = e.Size, state.Adopted, now, true
	r.Destination = j.To.Address
	if header != nil {
		r.HeaderDigest, r.MessageID = header.HeaderDigest, header.MessageID
	}
	return r, nil
}

func (j *job) peekNew(ctx context.Context, s Session, v View) error {
	var numbers []int
	for _, e := range v.Listing.Entries {
		_, seen := v.Headers[e.Number]
		if r := j.book.get(e.UID); !seen && (r.UID == "" || r.Status == state.Pending) {
			numbers = append(numbers, e.Number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	return peek(ctx, s, numbers, v.Headers)
}

func isBefore(header *message.Summary, before time.Time, done *Adoption) bool {
	var at time.Time
	var dated bool
	if header != nil {
		at, dated = header.ReceivedOrDate()
	}
	switch {
	case !dated:
		done.Undated++
		return false
	case !at.Before(before):
		done.Later++
		return false
	default:
		return true
	}
}

// Save writes a message of the provider to w, byte for byte.
func (a *Account) Save(ctx context.Context, uid string, w io.Writer) error {
	j := a.job()
	var err error
	if j.known, err = a.Ledger.Account(ctx, a.Name); err != nil {
		return fmt.Errorf("read the state of %s: %w", a.Name, err)
	}
	j.oneByOne = j.loses()
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
