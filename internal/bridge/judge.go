package bridge

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
func (d *Destination) judge(ctx context.Context, p parcel, began time.Time, cause error, bare *int) (again bool, err error) {
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
		return false, errors.Join(cause, d.failed(began, ge.RetryAfter, cause))
	case gmail.Refused:
		return d.refuse(ctx, p, ge, bare)
	case gmail.RateLimited, gmail.Passing:
		if err := p.forgetIntent(ctx); err != nil {
			return false, err
		}
		err := d.failed(began, ge.RetryAfter, cause)
		return err == nil, err
	default:
		return false, errors.Join(p.forgetIntent(ctx), d.halt(cause))
	}
}

// forgetIntent records that Gmail committed nothing.
func (p parcel) forgetIntent(ctx context.Context) error {
	return p.book.update(context.WithoutCancel(ctx), p.uid, func(r *state.Record) { r.AttemptedAt = time.Time{} })
}

func (d *Destination) refuse(ctx context.Context, p parcel, ge *gmail.Error, bare *int) (again bool, err error) {
	if !ge.Listed {
		*bare++
		if *bare < bareTries {
			return true, p.forgetIntent(ctx)
		}
	}
	mark := func() error {
		err := p.book.update(context.WithoutCancel(ctx), p.uid, func(r *state.Record) {
			r.Status, r.Reason, r.AttemptedAt, r.Retried = state.Refused, ge.Reason, time.Time{}, false
		})
		if err == nil {
			p.refused(ge.Reason)
		}
		return err
	}
	if ge.Listed {
		return false, mark()
	}
	if err := p.forgetIntent(ctx); err != nil {
		return false, err
	}
	stop, err := d.refusals.hold(ge.Reason, mark)
	if stop {
		return false, d.halt(&Failure{Class: Person, Err: fmt.Errorf(
			"import into %s: %d messages in a row refused, which speaks against the destination: %w", d.Name, refusalsUntilStop, ge),
			Hint: "look into the Gmail mailbox and its Google Cloud project; nothing was marked as refused"})
	}
	if err != nil {
		return false, err
	}
	return false, errHeld
}

// refusals holds back refusals for a reason not known to be permanent, until
// a success shows that the messages are at fault and not the destination.
type refusals struct {
	mu     sync.Mutex
	reason string
	marks  []func() error
	// stopped tells that there were too many: those under way then count no
	// more than those before.
	stopped bool
}

// hold keeps mark for later. It tells when there were too many in a row;
// then none is marked.
func (h *refusals) hold(reason string, mark func() error) (stop bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return true, nil
	}
	if reason != h.reason {
		err = h.release()
		h.reason = reason
	}
	h.marks = append(h.marks, mark)
	if len(h.marks) < refusalsUntilStop {
		return false, err
	}
	h.marks, h.stopped = nil, true
	return true, err
}

// flush records the refusals held back.
func (h *refusals) flush() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.release()
}

func (h *refusals) release() error {
	var errs []error
	for _, mark := range h.marks {
		errs = append(errs, mark())
	}
	h.marks = nil
	return errors.Join(errs...)
}
