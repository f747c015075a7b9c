package bridge

import (
	"context"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// placed indexes the rows that nothing speaks against, by likeness.
func (t *transfer) placed(listed map[string]bool) map[string][]string {
	in := map[string][]string{}
	for _, r := range t.book.all() {
		if key := likeness(r); listed[r.UID] && key != "" && r.Status != state.Pending && !t.importedNow(r.UID) {
			in[key] = append(in[key], r.UID)
		}
	}
	return in
}

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
	alike := append(t.inPlace[key], t.inPlace[sum.HeaderDigest]...)
	for _, uid := range alike {
		// Unlisted makes the next plan look into who it is.
		if err := t.book.update(ctx, uid, func(r *state.Record) { r.Listed = false }); err != nil {
			return false, err
		}
	}
	if len(alike) > 0 {
		t.leave(a.UID)
	}
	return len(alike) > 0, nil
}

// leave undoes take.
func (j *job) leave(uid string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.taken, uid)
	j.fetched--
}
