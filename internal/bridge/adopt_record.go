package bridge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/popbridge/popbridge/state"
)

// record records that Gmail has a message under an id, unless that stands, or
// may stand, for another. What was found out is kept when the person
// interrupts meanwhile.
func (l *lookUp) record(ctx context.Context, c candidate, id string) (recorded bool, err error) {
	err = l.Ledger.Transact(context.WithoutCancel(ctx), func(tx state.Tx) error {
		recorded = false
		r, known, err := tx.Record(l.Name, c.uid)
		if err != nil {
			return err
		}
		if !known {
			r = state.Record{Account: l.Name, UID: c.uid, FirstSeen: l.moment()}
		}
		if taken, err := l.isTaken(tx, c, id); taken || err != nil {
			return err
		}
		recorded = true
		l.fill(&r, c, id)
		return tx.Put(r)
	})
	return recorded, err
}

// isTaken tells whether one of Gmail's messages is another row's, or may be.
func (l *lookUp) isTaken(tx state.Tx, c candidate, id string) (bool, error) {
	holders, err := tx.ByGmailID(l.To.Address, id)
	if err != nil || slices.ContainsFunc(holders, l.isAnother(c)) {
		return true, err
	}
	others, err := tx.SameMessageID(l.To.Address, c.sum.MessageID)
	return slices.ContainsFunc(others, func(o state.Record) bool { return l.isAnother(c)(o) && o.InDoubt() }), err
}

// isAnother tells rows of other messages. A witness is of none.
func (l *lookUp) isAnother(c candidate) func(state.Record) bool {
	other := otherThan(state.Record{Account: l.Name, UID: c.uid})
	return func(r state.Record) bool { return other(r) && !isWitness(r) }
}

// bearWitness records that Gmail has a message with a candidate's Message-ID
// and other content, or in Spam: an import of the candidate would be folded
// into that and be lost. Such a row stands for none of the provider's messages, under a UID
// that no server can send.
func (l *lookUp) bearWitness(ctx context.Context, c candidate, id string) error {
	now := l.moment()
	w := state.Record{Account: l.Name, UID: c.uid + " in-gmail", Status: state.Adopted, FirstSeen: now, LastListed: now,
		Destination: l.To.Address, MessageID: c.sum.MessageID, GmailID: id}
	if err := l.Ledger.Write(ctx, func(to *state.Writer) error { return to.Put(w) }); err != nil {
		return fmt.Errorf("record what Gmail has beside UID %s of %s: %w", state.EscapeUID(c.uid), l.Name, err)
	}
	return nil
}

// isWitness tells a row by which it is known that Gmail has other content.
func isWitness(r state.Record) bool { return r.Status == state.Adopted && r.GmailID != "" }

// fill makes a row that of an imported message.
func (l *lookUp) fill(r *state.Record, c candidate, id string) {
	now := l.moment()
	r.Size, r.Status, r.Destination = c.size, state.Imported, l.To.Address
	r.Digest, r.HeaderDigest, r.BodyDigest = c.sum.Digest, c.sum.HeaderDigest, c.sum.BodyDigest
	r.MessageID, r.GmailID = c.sum.MessageID, id
	r.ImportedAt = l.received(c.sum.Received)
	r.AttemptedAt, r.DeletedAt, r.LastListed, r.Listed = nothing, nothing, now, true
	r.Retried, r.Dropped, r.Breaks, r.Reason = false, false, 0, ""
	if c.sum.Size < c.size {
		r.Reason = shortBody
	}
}

// received is when the retention of a message begins that the provider
// received at a time: then, unless that isn't known or is to come.
func (l *lookUp) received(at time.Time) time.Time {
	now := l.To.importTime(l.floor)
	if at.IsZero() || at.After(now) {
		return now
	}
	return at
}
