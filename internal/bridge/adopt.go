package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// Choice says which messages to adopt; the zero Choice is all of them.
type Choice struct {
	// Before, unless zero, is for mail from before it: by its newest Received,
	// else its Date.
	Before time.Time
	// Among, unless nil, picks from the UIDs that the provider lists. Its
	// error is returned, and nothing is adopted.
	Among func(listed []string) (map[string]bool, error)
}

// Adoption is what Adopt did.
type Adoption struct {
	// Adopted are newly counted as seen; Known were recorded before.
	Adopted, Known int
	// Later are those not before the given date, Undated those without one,
	// Others those that weren't picked. The next run imports them.
	Later, Undated, Others int
}

// Left is how many messages the next run imports.
func (a Adoption) Left() int { return a.Later + a.Undated + a.Others }

// Adopt records what is on the provider now as seen, so that only other mail
// is imported. The caller holds the account's lock.
func (a *Account) Adopt(ctx context.Context, c Choice) (done Adoption, err error) {
	j := a.job()
	if err := j.recall(ctx); err != nil {
		return done, err
	}
	s, listing, err := j.enter(ctx)
	if err != nil {
		return done, err
	}
	rows, err := j.adoptable(ctx, s, listing, c, &done)
	if err != nil {
		return done, errors.Join(err, s.Abort())
	}
	if err := j.depart(ctx, s); err != nil {
		return done, err
	}
	next := j.adopter()
	return done, a.Ledger.Write(ctx, func(w *state.Writer) error {
		return errors.Join(w.Put(rows...), w.PutAccount(next))
	})
}

// depart ends a session in which all was read: nothing hangs on its end.
func (j *job) depart(ctx context.Context, s Session) error {
	if err := leave(ctx, s); err != nil {
		j.Log.Debug("end the session", "account", j.Name, "error", err)
	}
	return ctx.Err()
}

// adopter is the account's row once its mailbox was listed for adoption.
func (j *job) adopter() state.Account {
	next := j.known
	next.Name, next.Mailbox = j.Name, j.Mailbox
	next.Listed, next.Octets, next.OneByOneSince = j.result.Listed, j.result.Octets, j.noteLosses(j.Now())
	return next
}

// survey gives each listed message its identity, and wants the listing whole.
func (j *job) survey(ctx context.Context, s Session, listing pop3.Listing) (View, error) {
	v := View{Listing: listing, Headers: map[int]*message.Summary{}}
	if listing.Flaw != "" {
		return v, &Failure{Class: Unavailable, Err: fmt.Errorf("list the mailbox of %s: %s", j.Name, listing.Flaw), Hint: hintProvider(j.Name)}
	}
	if err := j.identify(ctx, s, &v); err != nil {
		return v, err
	}
	j.keepResult(v.Listing, []Action{})
	return v, nil
}

// adoptable gives the rows of what is to be adopted, with header digests, by
// which they are found again when the provider changes its UIDs.
func (j *job) adoptable(ctx context.Context, s Session, listing pop3.Listing, c Choice, done *Adoption) (rows []state.Record, err error) {
	v, err := j.survey(ctx, s, listing)
	if err != nil {
		return nil, err
	}
	picked, err := j.pick(v, c, done)
	if err != nil {
		return nil, err
	}
	if err := peekUnseen(ctx, s, picked, v.Headers); err != nil {
		return nil, err
	}
	for _, e := range picked {
		header := v.Headers[e.Number]
		if !c.Before.IsZero() && !isBefore(header, c.Before, done) {
			continue
		}
		row, err := j.adopted(ctx, e, header)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
		done.Adopted++
	}
	return rows, nil
}

// pick gives the messages that may be adopted: they aren't recorded, or wait
// for their import, and are of the choice.
func (j *job) pick(v View, c Choice, done *Adoption) (picked []pop3.Entry, err error) {
	var among map[string]bool
	if c.Among != nil {
		if among, err = c.Among(uidsListed(v.Listing)); err != nil {
			return nil, err
		}
	}
	for _, e := range v.Listing.Entries {
		r := j.book.get(e.UID)
		switch {
		case r.UID != "" && (r.Status != state.Pending || r.InDoubt()):
			done.Known++
		case c.Among != nil && !among[e.UID]:
			done.Others++
		default:
			picked = append(picked, e)
		}
	}
	return picked, nil
}

func uidsListed(l pop3.Listing) []string {
	uids := make([]string, len(l.Entries))
	for i, e := range l.Entries {
		uids[i] = e.UID
	}
	return uids
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

// peekUnseen asks for the headers that weren't asked for before.
func peekUnseen(ctx context.Context, s Session, entries []pop3.Entry, headers map[int]*message.Summary) error {
	var numbers []int
	for _, e := range entries {
		if _, seen := headers[e.Number]; !seen {
			numbers = append(numbers, e.Number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	return peek(ctx, s, numbers, headers)
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
