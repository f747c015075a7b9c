package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// candidate is a message of the provider that may be in Gmail.
type candidate struct {
	uid string
	// size is as LIST announced it.
	size int64
	sum  message.Summary
	// content tells it from others of its Message-ID. Gmail adds fields of its
	// own to what it fetches, so that whole headers differ in any case.
	content message.Content
	adopted bool
}

// retrieval reads what is not known to be in Gmail, and keeps what tells it
// apart. The mailbox is let go before Gmail is asked.
type retrieval struct {
	*job
	found      *Found
	candidates []candidate
	listing    pop3.Listing
	// whole tells that the listing was read to its end.
	whole bool
	// passed are the UIDs that are done with.
	passed map[string]bool
	// coming are those asked for whose answer is still to come.
	coming []Action
}

// retrieve opens sessions until all is read. A message that breaks one is
// passed over.
func (r *retrieval) retrieve(ctx context.Context) (err error) {
	defer r.watch.at("")
	for range fruitless {
		r.coming = nil
		err = r.visit(ctx)
		var pe *pop3.Error
		if err == nil || ctx.Err() != nil || !errors.As(err, &pe) || pe.Kind != pop3.Unreachable && pe.Kind != pop3.Protocol {
			return err
		}
		if len(r.coming) > 0 {
			a := r.coming[0]
			err = fmt.Errorf("fetch UID %s of %s, %d octets: %w", state.EscapeUID(a.UID), r.Name, a.Size, err)
			r.miss(a, NotRetrieved)
		} else if !r.noTop {
			return err // it broke at no message
		}
	}
	return err
}

// visit reads in one session what is left.
func (r *retrieval) visit(ctx context.Context) error {
	s, listing, err := r.enter(ctx)
	if err != nil {
		return err
	}
	if err := r.read(ctx, s, listing); err != nil {
		r.stalled(s, err)
		return errors.Join(err, s.Abort())
	}
	return r.depart(ctx, s)
}

func (r *retrieval) read(ctx context.Context, s Session, listing pop3.Listing) error {
	v, err := r.survey(ctx, s, listing)
	if err != nil {
		return err
	}
	r.listing, r.whole = v.Listing, true
	if err := r.enrol(ctx); err != nil {
		return err
	}
	want := r.wanted()
	r.watch.at(Fetching)
	r.watch.plan(want)
	if len(want) == 0 {
		return nil
	}
	header, err := r.tryTop(ctx, s, want[0])
	if err != nil {
		return err
	}
	t := &transfer{job: r.job}
	t.findMissing(r.listed())
	return s.Retr(ctx, r.numbers(ctx, want), func(number int, body io.Reader, err error) error {
		a := r.coming[0]
		if a.Number != number {
			return fmt.Errorf("receive message %d: %d was asked for", number, a.Number)
		}
		if err != nil {
			r.miss(a, NotRetrieved)
		} else if err := r.receive(ctx, t, a, body, header); err != nil {
			return err
		}
		r.coming = r.coming[1:]
		return nil
	})
}

// enrol records what is listed for the first time: messages that are listed at
// once are so many, however alike.
func (r *retrieval) enrol(ctx context.Context) error {
	now := r.moment()
	var e entry
	for _, a := range r.listed() {
		if r.book.get(a.UID).UID == "" {
			e.put = append(e.put, state.Record{Account: r.Name, UID: a.UID, Size: a.Size, Status: state.Pending,
				FirstSeen: now, LastListed: now, Listed: true})
		}
	}
	return r.book.write(ctx, e)
}

// listed gives all messages of the listing, without a verb.
func (r *retrieval) listed() []Action {
	actions := make([]Action, len(r.listing.Entries))
	for i, e := range r.listing.Entries {
		actions[i] = Action{Number: e.Number, UID: e.UID, Size: e.Size}
	}
	return actions
}

// wanted gives what is to be read: what isn't recorded, waits for its import,
// or is adopted. What can't be in Gmail is counted at once.
func (r *retrieval) wanted() (want []Action) {
	first := len(r.passed) == 0 && r.found.Known == 0
	for _, a := range r.listed() {
		switch {
		case r.passed[a.UID]:
		case !mayBeInGmail(r.book.get(a.UID)):
			if first {
				r.found.Known++
			}
		case a.Size > gmail.MaxMessage:
			r.miss(a, TooLargeForGmail)
		default:
			want = append(want, a)
		}
	}
	return want
}

// mayBeInGmail tells rows of which that isn't known, and of whose messages
// nothing else was decided.
func mayBeInGmail(o *state.Outline) bool {
	switch o.Status {
	case state.Adopted:
		return !o.Dropped
	case state.Pending:
		return !o.InDoubt() && o.Breaks < breaksUntilSetAside
	default:
		return o.UID == ""
	}
}

// mayBeKnown tells rows that may be of messages known under other UIDs: not
// those that were adopted or tried under this one.
func mayBeKnown(o *state.Outline, sum message.Summary) bool {
	tried := o.Tried || o.Retried
	return o.Status == state.Pending && (!tried || o.Digest.Known() && o.Digest != state.DigestOf(sum.Digest))
}

func (r *retrieval) numbers(ctx context.Context, want []Action) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for _, a := range want {
			if ctx.Err() != nil {
				return
			}
			r.coming = append(r.coming, a)
			if !yield(a.Number) {
				return
			}
		}
	}
}

// receive sums a message up; nothing else of it is kept. One that is known
// under another UID is taken up as a run would.
func (r *retrieval) receive(ctx context.Context, t *transfer, a Action, body io.Reader, header *probe) error {
	d := message.NewContentDigester()
	if _, err := io.Copy(&remembering{w: d, passed: r.watch.received}, body); err != nil {
		return err
	}
	sum := d.Summary()
	t.learnTop(a, sum, header)
	if mayBeKnown(r.book.get(a.UID), sum) {
		if _, _, err := t.absorb(ctx, a, sum); err != nil {
			return err
		}
	}
	if !mayBeInGmail(r.book.get(a.UID)) {
		r.passed[a.UID] = true
		r.found.Known++
		r.watch.fetched(a, 1)
		r.watch.done(a)
		return nil
	}
	if sum.MessageID == "" {
		r.miss(a, Unsearchable)
		return nil
	}
	r.pass(a)
	c := candidate{a.UID, a.Size, sum, d.Content(), r.isAdopted(a.UID)}
	c.sum.From, c.sum.Subject = "", ""
	r.candidates = append(r.candidates, c)
	return nil
}

func (r *retrieval) pass(a Action) {
	r.passed[a.UID] = true
	r.found.Of++
	r.watch.fetched(a, 1)
}

// miss counts a message that isn't looked for in Gmail.
func (r *retrieval) miss(a Action, why Absence) {
	r.pass(a)
	r.found.absent(why, r.isAdopted(a.UID))
	r.watch.done(a)
}

func (r *retrieval) isAdopted(uid string) bool { return r.book.get(uid).Status == state.Adopted }

func (f *Found) absent(why Absence, adopted bool) {
	f.Absent[why]++
	if adopted {
		f.Stay++
	}
}
