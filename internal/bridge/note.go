package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// nothing is the time that stands for never.
var nothing time.Time

// note records what a listing showed: newcomers, messages under new UIDs,
// sizes that changed, and what is gone. A run with nothing new writes no row.
func (j *job) note(ctx context.Context, actions []Action, v View) error {
	n := noting{job: j, view: v, now: j.moment(), moved: map[string]bool{}, at: map[string]int{}}
	for i := range actions {
		if from := actions[i].From; from != "" && !j.importedNow(from) {
			n.moved[from] = true
		}
	}
	for i := range actions {
		n.action(&actions[i], v.row(i))
	}
	if err := n.carryOut(ctx); err != nil {
		return err
	}
	e := entry{listed: n.listed, at: n.now}
	for uid := range n.moved {
		if _, overwritten := n.at[uid]; !overwritten {
			e.remove = append(e.remove, uid)
		}
	}
	if v.Listing.Flaw == "" {
		n.gone()
		if err := n.carryOut(ctx); err != nil {
			return err
		}
	}
	e.put, e.notices = n.put, n.notices
	if err := j.book.write(ctx, e); err != nil {
		return err
	}
	// They are told of now or never: the next run finds them refused.
	for _, r := range n.refused {
		j.refused(r)
	}
	return j.noteAccount(ctx, v.Listing)
}

// noteAccount records how full the mailbox is, for status during a long run.
func (j *job) noteAccount(ctx context.Context, l pop3.Listing) error {
	k := &j.known
	if l.Flaw != "" || k.Mailbox == j.Mailbox && k.Listed == len(l.Entries) && k.Octets == l.Octets {
		return nil
	}
	k.Mailbox, k.Listed, k.Octets = j.Mailbox, len(l.Entries), l.Octets
	if err := j.Ledger.Write(ctx, func(w *state.Writer) error { return w.PutAccount(*k) }); err != nil {
		return fmt.Errorf("record the listing of %s: %w", j.Name, err)
	}
	return nil
}
