package bridge

import (
	"context"
	"iter"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// findMissing indexes the rows that a fetched message may prove to be: those
// whose UID isn't listed, and those whose UID stands for a suspect.
func (t *transfer) findMissing(actions []Action) {
	t.absorbed, t.suspects = map[string]bool{}, map[string]Action{}
	for i := range actions {
		if a := &actions[i]; a.Verb == Import && a.Reason == Changed && !t.importedNow(a.UID) {
			t.suspects[a.UID] = *a
		}
	}
	placed, others := t.book.divide(t.unsuspected(actions))
	t.missing, t.inPlace = newDigests(2*len(others)), newDigests(len(placed))
	for _, r := range others {
		if recognisable(r) {
			t.miss(r)
		}
	}
	for _, r := range placed {
		if r.Status != state.Pending && !t.importedNow(r.UID) {
			t.inPlace.add(r.HeaderDigest, r.UID)
		}
	}
}

func uidsOf(actions []Action) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range actions {
			if !yield(actions[i].UID) {
				return
			}
		}
	}
}

// unsuspected gives the UIDs of the listed messages that are no suspects.
func (t *transfer) unsuspected(actions []Action) iter.Seq[string] {
	return func(yield func(string) bool) {
		for uid := range uidsOf(actions) {
			if _, suspect := t.suspects[uid]; !suspect && !yield(uid) {
				return
			}
		}
	}
}

// miss indexes a row that is not in its place.
func (t *transfer) miss(r *state.Outline) {
	t.missing.add(r.Digest, r.UID)
	t.missing.add(r.HeaderDigest, r.UID)
}

// stoodBeside tells that a deleted message and another were listed at once:
// these are two, however alike.
func (t *transfer) stoodBeside(ctx context.Context, r *state.Outline, uid string) (bool, error) {
	if !r.Deleted {
		return false, nil
	}
	deleted, err := t.book.record(ctx, r.UID)
	if err != nil {
		return false, err
	}
	known, err := t.book.record(ctx, uid)
	return !known.FirstSeen.IsZero() && known.FirstSeen.Before(deleted.DeletedAt), err
}

// telling tells whether what is known of a row tells messages apart. Of one
// never fetched that is the header, which machines write alike for each of
// their messages.
func telling(r *state.Outline, a Action, sum message.Summary) bool {
	return r.Digest.Known() || r.Size == a.Size || sum.MessageID != ""
}

// missed takes the row that a message proves to be out of the index.
func (t *transfer) missed(ctx context.Context, a Action, sum message.Summary) (uid string, found bool, err error) {
	whole := state.DigestOf(sum.Digest)
	for _, proof := range []struct {
		key state.Digest
		is  func(*state.Outline) bool
	}{
		{whole, func(r *state.Outline) bool { return r.Digest == whole }},
		{state.DigestOf(sum.HeaderDigest), func(r *state.Outline) bool { return r.Digest.Known() && isLike(r, sum) }},
		{state.DigestOf(sum.HeaderDigest), func(r *state.Outline) bool { return !r.Digest.Known() && isLike(r, sum) }},
	} {
		var best *state.Outline
		for uid := range t.missing.find(proof.key) {
			r := t.book.get(uid)
			if t.absorbed[uid] || !proof.is(r) || !telling(r, a, sum) || best != nil && likelier(best, r) {
				continue
			}
			beside, err := t.stoodBeside(ctx, r, a.UID)
			if err != nil {
				return "", false, err
			}
			if !beside {
				best = r
			}
		}
		if best != nil {
			t.absorbed[best.UID] = true
			return best.UID, true, nil
		}
	}
	return "", false, nil
}

// absorb looks whether a newcomer is a recorded message under a new UID. Each
// missing row absorbs one. It tells whether the row is one in doubt that is
// to be imported again.
func (t *transfer) absorb(ctx context.Context, a Action, sum message.Summary) (doubt, found bool, err error) {
	old, found, err := t.missed(ctx, a, sum)
	if err != nil || !found {
		return false, false, err
	}
	r, err := t.book.record(ctx, old)
	if err != nil {
		return false, false, err
	}
	r.UID, r.Size, r.Listed, r.LastListed, r.DeletedAt = a.UID, a.Size, true, t.moment(), nothing
	r.Digest, r.HeaderDigest, r.BodyDigest = sum.Digest, sum.HeaderDigest, sum.BodyDigest
	put := []state.Record{r}
	if suspect, listed := t.suspects[old]; listed {
		put = append(put, t.fresh(suspect))
	}
	err = t.book.rewrite(ctx, []string{old}, put)
	return r.InDoubt() && !t.To.Verify, true, err
}
