package bridge

import (
	"context"
	"slices"
	"time"

	"github.com/popbridge/popbridge/state"
)

// noting gathers what a listing shows, as edits of whole rows: the book has
// outlines only, and most rows need none.
type noting struct {
	*job
	now  time.Time
	view View
	// moved are the UIDs under which messages were known before.
	moved map[string]bool
	edits []edit
	// listed are the rows that only have to say when they were listed.
	listed []string
	// put are the rows as they will be, and at their places by UID.
	put     []state.Record
	at      map[string]int
	refused []Refusal
	notices []state.Notice
}

// edit is a change of the row of a UID, or of a new one.
type edit struct {
	uid    string
	change func(*state.Record)
}

// action gathers the edits of one action. In most runs it is called for each
// message, and finds nothing to do.
func (n *noting) action(a *Action, r *state.Outline) {
	if n.importedNow(a.UID) || a.From != "" && n.importedNow(a.From) {
		return // its delivery writes the row meanwhile
	}
	known := r.UID != ""
	switch {
	case a.From != "":
		if known && !n.moved[a.UID] {
			n.displace(a.UID)
		}
		n.edit(a.From, a, func(r *state.Record) { r.UID, r.Size, r.DeletedAt = a.UID, a.Size, nothing })
	case !known || n.moved[a.UID] || neverSeen(r, *a):
		// A row that moved leaves its UID to another message, and one of which
		// nothing is known has nothing to leave.
		n.edit("", a, n.fresh(a))
	case a.Verb == Refuse && a.TopHeader != "":
		// Another message has the UID now, and isn't fetched.
		n.displace(a.UID)
		n.edit("", a, n.fresh(a))
	case a.Same:
		n.seen(r, a, r.Size != a.Size || r.Deleted, func(r *state.Record) { r.Size, r.DeletedAt = a.Size, nothing })
	case a.Verb == Import && a.Reason == Changed:
		// Who it is shows once it is fetched.
	case r.Status == state.Pending:
		n.seen(r, a, r.Size != a.Size, func(r *state.Record) { r.Size = a.Size })
	default:
		n.seen(r, a, false, func(*state.Record) {})
	}
}

// seen is for a message in its place, of which more may have changed.
func (n *noting) seen(r *state.Outline, a *Action, changed bool, change func(*state.Record)) {
	switch {
	case changed || !r.Listed || a.Verb == Refuse:
		n.edit(a.UID, a, change)
	case n.now.Sub(r.LastListed.Time()) > lagOfLastListed:
		n.listed = append(n.listed, r.UID)
	}
}

// edit adds to a change that the message is listed, and what its verb does.
func (n *noting) edit(uid string, a *Action, change func(*state.Record)) {
	n.edits = append(n.edits, edit{uid, func(r *state.Record) {
		change(r)
		if a.Verb == Refuse {
			n.refuse(a, r)
		}
		r.Listed, r.LastListed = true, n.now
	}})
}

func (n *noting) refuse(a *Action, r *state.Record) {
	header := n.view.Headers[a.Number]
	r.Status, r.Reason = state.Refused, string(a.Reason)
	if header != nil && r.Digest == "" {
		r.HeaderDigest = header.HeaderDigest
	}
	n.refused = append(n.refused, Refusal{UID: a.UID, Size: a.Size, Reason: string(a.Reason)})
	n.notices = append(n.notices, n.noticeOf(*r, header))
}

// fresh makes a row of a message that is known by no more than its listing.
func (n *noting) fresh(a *Action) func(*state.Record) {
	return func(r *state.Record) {
		*r = state.Record{Account: n.Name, UID: a.UID, Size: a.Size, Status: state.Pending, FirstSeen: n.now, HeaderDigest: a.TopHeader}
	}
}

func (n *noting) displace(uid string) {
	n.edits = append(n.edits, edit{uid, func(r *state.Record) { *r = displaced(*r) }})
}

// gone notes the messages that are no longer listed; other devices delete
// too, so that is ordinary.
func (n *noting) gone() {
	named := make([]bool, len(n.view.Records))
	for _, at := range n.view.places {
		if at >= 0 {
			named[at] = true
		}
	}
	for i, r := range n.view.Records {
		if named[i] || !r.Listed || n.moved[r.UID] || n.importedNow(r.UID) {
			continue
		}
		if _, noted := n.at[r.UID]; noted {
			continue
		}
		n.edits = append(n.edits, edit{r.UID, func(r *state.Record) {
			// What only its UID and size tell may be another message when it
			// is back; the user's word wasn't about that one.
			r.Dropped = r.Dropped && (r.Digest != "" || r.HeaderDigest != "")
			r.Listed = false
		}})
	}
}

// carryOut makes the edits of whole rows.
func (n *noting) carryOut(ctx context.Context) error {
	var uids []string
	for _, e := range n.edits {
		if e.uid != "" {
			uids = append(uids, e.uid)
		}
	}
	rows, err := n.book.records(ctx, uids)
	if err != nil {
		return err
	}
	n.put = slices.Grow(n.put, len(n.edits))
	for _, e := range n.edits {
		var r state.Record
		if e.uid != "" {
			r, rows = rows[0], rows[1:]
		}
		e.change(&r)
		if at, twice := n.at[r.UID]; twice {
			n.put[at] = r
			continue
		}
		n.at[r.UID] = len(n.put)
		n.put = append(n.put, r)
	}
	n.edits = nil
	return nil
}
