package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/internal/spool"
	"github.com/popbridge/popbridge/state"
)

// dispatch decides what a fetched message is, now that all its octets are
// known, and sends on what is new. It tells whether it keeps the item.
func (t *transfer) dispatch(ctx context.Context, a Action, item *spool.Item, sum message.Summary) (kept bool, err error) {
	r := t.book.get(a.UID)
	if again, err := t.short(ctx, a, r, sum); again || err != nil {
		return false, err
	}
	t.take(a)
	defer func() {
		if !kept && err == nil && t.importedNow(a.UID) {
			t.watch.done(a)
		}
	}()
	if a.Reason == Changed && (r.Status != state.Pending || r.InDoubt()) {
		t.absorbed[a.UID] = true
		if isOf(r, sum) && telling(r, a, sum) {
			return false, t.stillSame(ctx, a, sum)
		}
	}
	if a.Reason == Changed && r.Status != state.Pending || r.InDoubt() && r.Digest.Known() && !isOf(r, sum) {
		// What is in doubt stays so without its UID: others with its
		// Message-ID must not be folded into it unseen.
		if err := t.displace(ctx, a); err != nil {
			return false, err
		}
	}
	// A row that was tried before is the message's own, unless its UID stands
	// for another one now.
	tried := a.Reason == Retry || a.Reason == SetAside
	if !tried || r.Digest.Known() && r.Digest != state.DigestOf(sum.Digest) {
		doubt, found, err := t.absorb(ctx, a, sum)
		if err != nil || found && !doubt {
			return false, err
		}
		if !found {
			if moved, err := t.mayHaveMoved(ctx, a, sum); moved || err != nil {
				return false, err
			}
		}
	}
	t.send(ctx, a, item, sum)
	return true, nil
}

// isOf tells whether a row is of the message with this summary.
func isOf(r *state.Outline, sum message.Summary) bool {
	return r.Digest.Known() && r.Digest == state.DigestOf(sum.Digest) || isLike(r, sum)
}

// isLike tells whether a message is what a row is known by when its UID says
// nothing: header digest and body digest. The whole digest says less where a
// server writes Status or the like into a message after a RETR. A row that
// never had the whole message has its header's digest alone.
func isLike(r *state.Outline, sum message.Summary) bool {
	return r.HeaderDigest == state.DigestOf(sum.HeaderDigest) && (!r.Digest.Known() || r.BodyDigest == state.DigestOf(sum.BodyDigest))
}

// shortBody is the reason in the row of a message that was imported with
// fewer octets than LIST announced. Should the server have cut it each time,
// then only its body tells, so that no header is proof enough to delete it.
const shortBody = "short-body"

// short holds back a body with fewer octets than LIST announced: it may have
// been cut. Two fetches that give the same prove that the announcement erred.
func (t *transfer) short(ctx context.Context, a Action, r *state.Outline, sum message.Summary) (again bool, err error) {
	if sum.Size >= a.Size || r.Digest == state.DigestOf(sum.Digest) {
		return false, nil
	}
	before, again := t.shorts[a.UID]
	if again && before == sum.Digest {
		return false, nil
	}
	t.shorts[a.UID] = sum.Digest
	if again {
		t.take(a)
		t.fail(&Failure{Class: Unavailable, Err: fmt.Errorf("fetch UID %s of %s: got %d octets of %d, and others each time",
			state.EscapeUID(a.UID), t.Name, sum.Size, a.Size), Hint: hintProvider(t.Name)})
	}
	if r.Status != state.Pending || r.InDoubt() {
		return true, nil
	}
	return true, t.book.update(ctx, a.UID, func(r *state.Record) { r.Digest = sum.Digest })
}

// stillSame records that a suspected message is the recorded one. Where TOP
// said otherwise, it may give another header of this one message only (seen
// of headers with odd line ends), which is recorded then; where it gives yet
// another the next time, it isn't to be believed at all.
func (t *transfer) stillSame(ctx context.Context, a Action, sum message.Summary) error {
	now := t.moment()
	return t.book.update(ctx, a.UID, func(r *state.Record) {
		header := sum.HeaderDigest
		switch {
		case a.TopHeader == "":
		case r.HeaderDigest == header:
			header = a.TopHeader
		default:
			t.known.Top = topDiffers
		}
		r.Size, r.Digest, r.HeaderDigest, r.BodyDigest = a.Size, sum.Digest, header, sum.BodyDigest
		r.Listed, r.LastListed, r.DeletedAt, r.Breaks = true, now, nothing, 0
	})
}

// displace moves the row of a message whose UID stands for another one now to
// a UID that no server can use, and makes a new row in its place.
func (t *transfer) displace(ctx context.Context, a Action) error {
	r, err := t.book.record(ctx, a.UID)
	if err != nil {
		return err
	}
	gone := displaced(r)
	t.miss(new(gone.Outline()))
	return t.book.rewrite(ctx, nil, []state.Record{gone, t.fresh(a)})
}

// fresh gives the row of a message that is known by nothing yet.
func (t *transfer) fresh(a Action) state.Record {
	now := t.moment()
	return state.Record{Account: t.Name, UID: a.UID, Size: a.Size, Status: state.Pending,
		FirstSeen: now, LastListed: now, Listed: true}
}

// displaced gives a row that lost its UID. A space can't stand in a UID.
func displaced(r state.Record) state.Record {
	key := cmp.Or(r.Digest, r.HeaderDigest)
	r.UID = r.UID + " " + key[:min(16, len(key))]
	r.Listed = false
	return r
}

// send imports a message while the session goes on.
func (t *transfer) send(ctx context.Context, a Action, item *spool.Item, sum message.Summary) {
	j := t.job
	p := parcel{uid: a.UID, body: item, summary: sum, account: j.Account, book: j.book, notBefore: j.floor}
	if sum.Size < a.Size {
		p.remark = shortBody
	}
	p.refused = func(reason string) {
		j.watch.done(a)
		j.refused(Refusal{UID: a.UID, Size: a.Size, Reason: reason})
	}
	j.deliveries.Go(func() {
		defer j.catch(item)
		defer j.watch.during(begun)()
		err := j.To.deliver(ctx, j.uploads, p)
		if err == nil && j.book.get(a.UID).Status == state.Imported {
			j.watch.done(a)
			j.mu.Lock()
			j.result.Imported++
			j.mu.Unlock()
		}
		halted := j.To.halted()
		switch err = errors.Join(err, item.Release()); {
		case err == nil, errors.Is(err, errHeld):
		case halted != nil && errors.Is(err, halted):
			j.failDelivery(halted)
		default:
			j.fail(fmt.Errorf("UID %s, %d octets: %w", state.EscapeUID(a.UID), a.Size, err))
		}
	})
}

// catch keeps a bug in one delivery from ending the others.
func (j *job) catch(item *spool.Item) {
	if r := recover(); r != nil {
		j.fail(item.Release())
		j.fail(&Failure{Class: Bug, Err: fmt.Errorf("a bug: %T: %s", r, debug.Stack())})
	}
}

func (j *job) refused(r Refusal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.result.Refusals = append(j.result.Refusals, r)
}
