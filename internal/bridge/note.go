package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// nothing is the time that stands for never.
var nothing time.Time

// note records what a listing showed: newcomers, messages under new UIDs,
// sizes that changed, and what is gone. A run with nothing new writes no row.
func (j *job) note(ctx context.Context, actions []Action, v View) error {
	l := v.Listing
	n := noting{job: j, headers: v.Headers, now: j.moment(), put: map[string]state.Record{}}
	listed := make(map[string]bool, len(actions))
	moved := map[string]bool{}
	for _, a := range actions {
		listed[a.UID] = true
		if a.From != "" && !j.importedNow(a.From) {
			moved[a.From] = true
		}
	}
	for _, a := range actions {
		n.action(a, moved)
	}
	var remove []string
	for uid := range moved {
		if _, overwritten := n.put[uid]; !overwritten {
			remove = append(remove, uid)
		}
	}
	if l.Flaw == "" {
		n.gone(listed, moved)
	}
	put := make([]state.Record, 0, len(n.put))
	for _, r := range n.put {
		put = append(put, r)
	}
	if err := j.book.rewrite(ctx, remove, put, n.notices...); err != nil {
		return err
	}
	// They are told of now or never: the next run finds them refused.
	for _, r := range n.refused {
		j.refused(r)
	}
	return j.noteAccount(ctx, l)
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

type noting struct {
	*job
	now     time.Time
	headers map[int]*message.Summary
	put     map[string]state.Record
	refused []Refusal
	notices []state.Notice
}

func (n *noting) action(a Action, moved map[string]bool) {
	if n.importedNow(a.UID) || n.importedNow(a.From) {
		return // its delivery writes the row meanwhile
	}
	r := n.book.get(a.UID)
	known := r.UID != ""
	switch {
	case a.From != "":
		if known && !moved[a.UID] {
			gone := displaced(r)
			n.put[gone.UID] = gone
		}
		r = n.book.get(a.From)
		r.UID, r.Size, r.DeletedAt = a.UID, a.Size, nothing
	case !known || moved[a.UID] || a.From == "" && neverSeen(&r, a):
		// A row that moved leaves its UID to another message, and one of which
		// nothing is known has nothing to leave.
		r = state.Record{Account: n.Name, UID: a.UID, Size: a.Size, Status: state.Pending, FirstSeen: n.now, HeaderDigest: a.TopHeader}
	case a.Verb == Refuse && a.TopHeader != "":
		// Another message has the UID now, and isn't fetched.
		gone := displaced(r)
		n.put[gone.UID] = gone
		r = state.Record{Account: n.Name, UID: a.UID, Size: a.Size, Status: state.Pending, FirstSeen: n.now, HeaderDigest: a.TopHeader}
	case a.Same:
		r.Size, r.DeletedAt = a.Size, nothing
	case a.Verb == Import && a.Reason == Changed:
		// Who it is shows once it is fetched.
		return
	case r.Status == state.Pending:
		r.Size = a.Size
	}
	if a.Verb == Refuse {
		r.Status, r.Reason = state.Refused, string(a.Reason)
		if header := n.headers[a.Number]; header != nil && r.Digest == "" {
			r.HeaderDigest = header.HeaderDigest
		}
		n.refused = append(n.refused, Refusal{UID: a.UID, Size: a.Size, Reason: string(a.Reason)})
		n.notices = append(n.notices, n.noticeOf(r, n.headers[a.Number]))
	}
	r.Listed = true
	if old := n.book.get(a.UID); old != withListed(r, old.LastListed) || n.now.Sub(old.LastListed) > lagOfLastListed {
		r.LastListed = n.now
		n.put[r.UID] = r
	}
}

func withListed(r state.Record, at time.Time) state.Record {
	r.LastListed = at
	return r
}

// gone notes the messages that are no longer listed; other devices delete
// too, so that is ordinary.
func (n *noting) gone(listed, moved map[string]bool) {
	for _, r := range n.book.all() {
		_, noted := n.put[r.UID]
		if r.Listed && !listed[r.UID] && !moved[r.UID] && !noted && !n.importedNow(r.UID) {
			// What only its UID and size tell may be another message when it
			// is back; the user's word wasn't about that one.
			r.Dropped = r.Dropped && (r.Digest != "" || r.HeaderDigest != "")
			r.Listed = false
			n.put[r.UID] = r
		}
	}
}
