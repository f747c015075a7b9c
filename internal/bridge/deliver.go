package bridge

import (
	"context"
	"errors"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// Body is a message that is whole, and can be read more than once.
type Body interface {
	ReadAt(p []byte, off int64) (n int, err error)
	Size() int64
}

// parcel is one fetched message on its way into a destination.
type parcel struct {
	uid      string
	body     Body
	summary  message.Summary
	account  *Account
	book     *book
	labelIDs []string
	seat     *seat
	// doubted is the attempt that was in doubt before; only an
	// acknowledgement settles it, not a later attempt that fails.
	doubted time.Time
	// notBefore is when the import is taken to be at the earliest.
	notBefore time.Time
	// remark is what the row says of the import.
	remark string
	// refused is called once the refusal is recorded.
	refused func(reason string)
}

// errTurnTaken: another message with this Message-ID is in doubt; until that
// is settled nobody can tell which of the two Gmail has.
var errTurnTaken = &Failure{Class: Later, Quiet: true,
	Err: errors.New("another message with the same Message-ID is in doubt")}

// errHeld: the refusal isn't recorded yet, since the destination rather than
// the message may be at fault.
var errHeld = errors.New("refusal held back")

// deliver brings one message into Gmail and records the acknowledgement. A
// nil error means that it is imported, durably, or refused, durably.
func (d *Destination) deliver(ctx, uploads context.Context, p parcel) error {
	release, err := d.turns.take(ctx, p.summary.MessageID)
	if err != nil {
		return err
	}
	defer release()
	weight := int64(1)
	if p.body.Size() >= large {
		weight = largeWeight
	}
	if err := d.slots.Acquire(ctx, weight); err != nil {
		return err
	}
	defer d.slots.Release(weight)
	p.seat = &seat{d: d}
	if err := p.seat.take(ctx); err != nil {
		return err
	}
	defer p.seat.leave()
	defer watching(ctx).during(itsTurn)()
	if p.labelIDs, err = d.labels(ctx, p.account.Labels); err != nil {
		return err
	}
	return d.insist(ctx, uploads, p)
}

// insist tries until Gmail has the message, refuses it, or stops the
// destination.
func (d *Destination) insist(ctx, uploads context.Context, p parcel) error {
	if p.book.get(p.uid).Attempted {
		r, err := p.book.record(ctx, p.uid)
		if err != nil {
			return err
		}
		p.doubted = r.AttemptedAt
	}
	method := gmail.Import
	bare := 0
	for {
		t, err := d.awaitTurn(ctx, gmail.UnitsImport)
		if err != nil {
			return err
		}
		if err := d.intend(ctx, p, &method); err != nil {
			return err
		}
		id, err := d.Importer.Upload(uploads, p.upload(method))
		if err == nil {
			err = d.acknowledge(ctx, p, t, id)
			if !errors.Is(err, errFolded) {
				return err
			}
			if method == gmail.Insert {
				return d.distrust(ctx, t, err)
			}
			method = gmail.Insert
			continue
		}
		again, err := d.judge(ctx, p, t, err, &bare)
		if !again {
			return err
		}
	}
}

func (p parcel) upload(method gmail.Method) gmail.Upload {
	return gmail.Upload{Body: p.body, Size: p.body.Size(), LabelIDs: p.labelIDs,
		NeverMarkSpam: p.account.NeverMarkSpam, DateSource: p.dateSource(), Method: method}
}

// dateSource keeps Gmail from dating a message into the future.
func (p parcel) dateSource() gmail.DateSource {
	date := p.summary.Date
	if p.account.DateReceived || date.IsZero() || date.After(p.account.Now().Add(24*time.Hour)) {
		return gmail.ReceivedTime
	}
	return gmail.DateHeader
}

// intend records that an import begins, before the first octet leaves. In the
// same transaction it looks for others with the Message-ID: once one of them
// is acknowledged, an import would be folded into it.
func (d *Destination) intend(ctx context.Context, p parcel, method *gmail.Method) error {
	now := d.Now()
	return p.book.transact(ctx, p.uid, func(tx state.Tx, r *state.Record) error {
		if p.summary.MessageID != "" {
			others, err := tx.SameMessageID(d.Address, p.summary.MessageID)
			if err != nil {
				return err
			}
			for _, o := range others {
				switch {
				case !otherThan(*r)(o):
				case o.InDoubt() && (o.Listed || d.Verify):
					return errTurnTaken
				case o.InDoubt() && o.Digest == p.summary.Digest:
					// The same message under a UID that it lost: to be folded
					// into that is right.
				case o.InDoubt(), o.GmailID != "", o.Status == state.Adopted:
					// Gmail has it, or may have it from elsewhere.
					*method = gmail.Insert
				}
			}
		}
		r.Digest, r.HeaderDigest, r.BodyDigest = p.summary.Digest, p.summary.HeaderDigest, p.summary.BodyDigest
		r.MessageID, r.Destination = p.summary.MessageID, d.Address
		r.AttemptedAt, r.Reason = now, p.remark
		r.Attempts++
		return nil
	})
}

// errFolded: the id that Gmail acknowledged with is another message's.
var errFolded = errors.New("folded into another message")

// distrust is for an insert, which is never folded, that was acknowledged with
// another message's id all the same.
func (d *Destination) distrust(ctx context.Context, t turn, cause error) error {
	err := &gmail.Error{Kind: gmail.InDoubt, Op: "insert", Err: cause}
	return errors.Join(err, d.failed(ctx, t, err, err))
}

// acknowledge records that Gmail has the message. That is done even when the
// run was interrupted meanwhile.
func (d *Destination) acknowledge(ctx context.Context, p parcel, t turn, id string) error {
	err := p.book.transact(context.WithoutCancel(ctx), p.uid, func(tx state.Tx, r *state.Record) error {
		holders, err := tx.ByGmailID(d.Address, id)
		if err != nil {
			return err
		}
		for _, o := range holders {
			if otherThan(*r)(o) && o.Digest != r.Digest {
				return errFolded
			}
		}
		r.Status, r.GmailID = state.Imported, id
		r.ImportedAt, r.AttemptedAt = d.importTime(p.notBefore), time.Time{}
		r.Retried, r.Breaks = false, 0
		return nil
	})
	if err != nil {
		return err
	}
	d.succeeded(t)
	return d.refusals.flush()
}
