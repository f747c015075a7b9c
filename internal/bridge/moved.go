package bridge

import (
	"context"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// mayHaveMoved tells whether a newcomer is like messages that are thought to
// be in their place, and has the next session look whether they are: another
// of the same size may have taken the UID. That is asked once a run; then it
// is a copy.
func (t *transfer) mayHaveMoved(ctx context.Context, a Action, sum message.Summary) (bool, error) {
	key := sum.HeaderDigest + sum.BodyDigest
	if t.asked[key] {
		return false, nil
	}
	t.asked[key] = true
	var alike []string
	for uid := range t.inPlace.find(state.DigestOf(sum.HeaderDigest)) {
		if isLike(t.book.get(uid), sum) {
			alike = append(alike, uid)
		}
	}
	for _, uid := range alike {
		// Unlisted makes the next plan look into who it is.
		if err := t.book.update(ctx, uid, func(r *state.Record) { r.Listed = false }); err != nil {
			return false, err
		}
	}
	if len(alike) > 0 {
		t.leave(a)
	}
	return len(alike) > 0, nil
}

// leave undoes take.
func (j *job) leave(a Action) {
	j.watch.fetched(a, -1)
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.taken, a.UID)
	j.fetched--
}
