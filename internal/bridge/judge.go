package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

const (
	// bareTries is how often a refusal that isn't known to be permanent is
	// tried before it counts: Gmail answers so for passing faults too.
	bareTries = 2
	// refusalsUntilStop is how many such refusals in a row, for one reason
	// and without a success between, show that the destination is at fault.
	refusalsUntilStop = 5
)

// judge decides what a failed upload means. It tells whether to try again,
// and if not, what to report.
func (d *Destination) judge(ctx context.Context, p parcel, t turn, cause error, bare *int) (again bool, err error) {
	var ge *gmail.Error
	if !errors.As(cause, &ge) {
		if ctx.Err() == nil {
			cause = errors.Join(cause, p.forgetIntent(ctx))
		}
		return false, cause
	}
	switch ge.Kind {
	case gmail.InDoubt:
		// Only a look at Gmail, or an import that it folds, settles it.
		return false, errors.Join(cause, d.failed(ctx, t, ge, cause))
	case gmail.Refused:
		return d.refuse(ctx, p, ge, bare)
	case gmail.RateLimited, gmail.Passing:
		if err := p.forgetIntent(ctx); err != nil {
			return false, err
		}
		err := d.failed(ctx, t, ge, cause)
		if err == nil && ge.Limit == gmail.AtOnce {
			err = p.seat.yield(ctx)
		}
		return err == nil, err
	default:
		return false, errors.Join(p.forgetIntent(ctx), d.halt(cause))
	}
}

// forgetIntent records that Gmail committed nothing.
func (p parcel) forgetIntent(ctx context.Context) error {
	return p.book.update(context.WithoutCancel(ctx), p.uid, func(r *state.Record) { r.AttemptedAt = p.doubted })
}

func (d *Destination) refuse(ctx context.Context, p parcel, ge *gmail.Error, bare *int) (again bool, err error) {
	if ge.Listed {
		return false, p.markRefused(ctx, ge.Reason)
	}
	if err := p.forgetIntent(ctx); err != nil {
		return false, err
	}
	*bare++
	if *bare < bareTries {
		return true, nil
	}
	stop, err := d.refusals.hold(ge.Reason, &heldRefusal{
		account: p.account.Name,
		uid:     p.uid,
		mark:    func() error { return p.markRefused(ctx, ge.Reason) },
		undo:    func() error { return p.unmarkRefused(ctx) },
	})
	switch {
	case stop:
		return false, errors.Join(err, d.halt(&Failure{Class: Person, Err: fmt.Errorf(
			"import into %s: %d messages in a row refused, which speaks against the destination: %w", d.Name, refusalsUntilStop, ge),
			Hint: "look into the Gmail mailbox and its Google Cloud project; nothing was marked as refused"}))
	case err != nil:
		return false, err
	default:
		return false, errHeld
	}
}

func (p parcel) markRefused(ctx context.Context, reason string) error {
	err := p.book.transact(context.WithoutCancel(ctx), p.uid, func(tx state.Tx, r *state.Record) error {
		r.Status, r.Reason, r.AttemptedAt, r.Retried = state.Refused, reason, time.Time{}, false
		return tx.AddNotice(p.account.noticeOf(*r, &p.summary))
	})
	if err == nil {
		p.refused(reason)
	}
	return err
}

func (p parcel) unmarkRefused(ctx context.Context) error {
	return p.book.transact(context.WithoutCancel(ctx), p.uid, func(tx state.Tx, r *state.Record) error {
		if r.Status != state.Refused {
			return nil
		}
		r.Status, r.Reason = state.Pending, ""
		return tx.WithdrawNotices(r.Account, r.UID)
	})
}
