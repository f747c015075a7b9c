package bridge

import (
	"maps"
	"slices"
	"time"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// View is what a plan is made from, besides the policy and the clock.
type View struct {
	Listing pop3.Listing
	// Records are all that the state has of the account. They don't change.
	Records []*state.Outline
	// Headers are the summaries of headers asked for so far, by message
	// number. A nil one stands for a TOP that the server refused.
	Headers map[int]*message.Summary
	// Top tells whether TOP may be asked, and believed.
	Top bool
	// places tell where among the records the row of each entry's UID is, -1
	// where there is none. A plan looks itself where they are nil.
	places []int32
}

// place is -1 where nobody looked, too.
func (v *View) place(entry int) int32 {
	if v.places == nil {
		return -1
	}
	return v.places[entry]
}

// row gives the row of an entry's UID, an empty one where there is none.
func (v *View) row(entry int) *state.Outline {
	if at := v.place(entry); at >= 0 {
		return v.Records[at]
	}
	return &state.Outline{}
}

// locate finds the rows of the entries' UIDs.
func (v *View) locate() {
	at := make(map[string]int32, len(v.Records))
	for i, r := range v.Records {
		at[r.UID] = int32(i)
	}
	v.places = placesOf(v.Listing.Entries, at)
}

func placesOf(entries []pop3.Entry, at map[string]int32) []int32 {
	places := make([]int32, len(entries))
	for i := range entries {
		places[i] = -1
		if place, ok := at[entries[i].UID]; ok {
			places[i] = place
		}
	}
	return places
}

// Plan gives each listed message exactly one verb, in the listing's order. It
// also gives the numbers of messages whose headers would make the plan more
// certain; with these in the view, plan again. It is a pure function.
func Plan(v View, p Policy, now time.Time) (actions []Action, ask []int) {
	pl := newPlanner(v, p, now)
	pl.compareKnown()
	for i := range pl.actions {
		pl.decide(i)
	}
	pl.confirmDeletions()
	pl.evict()
	pl.confirmDeletions()
	return pl.actions, slices.Sorted(maps.Keys(pl.asked))
}

type planner struct {
	View
	policy  Policy
	now     time.Time
	missing *missing
	actions []Action
	// records stand beside the actions: the row that each message has or
	// takes over, nil for a newcomer.
	records []*state.Outline
	// compared stand beside the actions: how the message compares with the
	// row of its UID.
	compared []comparison
	asked    map[int]bool
}

func newPlanner(v View, p Policy, now time.Time) *planner {
	pl := &planner{View: v, policy: p, now: now, asked: map[int]bool{}}
	if v.Listing.Flaw != "" && !p.DespiteFlaw {
		pl.policy.NoDelete = true
	}
	n := len(v.Listing.Entries)
	pl.actions = make([]Action, n)
	pl.records = make([]*state.Outline, n)
	pl.compared = make([]comparison, n)
	if pl.places == nil {
		pl.locate()
	}
	for i, e := range v.Listing.Entries {
		a := &pl.actions[i]
		*a = Action{Number: e.Number, UID: e.UID, Size: e.Size}
		if r := pl.row(i); r.UID != "" {
			a.UID = r.UID // one copy of the text will do
			if !neverSeen(r, *a) {
				pl.records[i] = r
			}
		}
	}
	return pl
}

// decide gives message i its verb, deletions by number or size excepted.
func (pl *planner) decide(i int) {
	a, r := &pl.actions[i], pl.records[i]
	switch {
	case r == nil:
		r = pl.newcomer(a, New)
	case pl.compared[i] == different:
		a.TopHeader = pl.Headers[a.Number].HeaderDigest
		r = pl.newcomer(a, Changed)
	case pl.compared[i] == unsure && !pl.tooLarge(*a) && !pl.provable(r):
		pl.fetch(a, Changed)
		return
	default:
		a.Same = pl.compared[i] == same
	}
	pl.records[i] = r
	if r != nil {
		pl.decideKnown(a, r)
	}
}

func (pl *planner) tooLarge(a Action) bool {
	return pl.policy.SkipLarger > 0 && a.Size > pl.policy.SkipLarger
}

// fetch plans an import, or a refusal where the message is too large to try.
func (pl *planner) fetch(a *Action, reason Reason) {
	a.Verb, a.Reason = Import, reason
	if pl.tooLarge(*a) {
		a.Verb, a.Reason = Refuse, TooLarge
	}
}

// decideKnown gives the verb of a message whose row is taken for its own.
func (pl *planner) decideKnown(a *Action, r *state.Outline) {
	switch {
	case r.Status == state.Imported:
		pl.decideImported(a, r)
	case r.Status == state.Adopted || r.Status == state.Refused:
		a.Verb, a.Reason = Skip, Reason(r.Status)
		if r.Dropped && !pl.policy.NoDelete {
			a.Verb, a.Reason = Delete, Dropped
		}
	case r.InDoubt() && pl.policy.Verify:
		a.Verb, a.Reason = Skip, InDoubt
	case r.Breaks >= breaksUntilSetAside:
		a.Verb, a.Reason = Skip, SetAside
	case r.Tried || r.Retried:
		pl.fetch(a, Retry)
	default:
		pl.fetch(a, New)
	}
}

func (pl *planner) decideImported(a *Action, r *state.Outline) {
	a.Verb, a.Reason, a.Due = Keep, pl.policy.keepReason(), pl.policy.due(r.ImportedAt)
	if pl.isDue(r) {
		a.Verb, a.Reason = Delete, Retention
	}
}

func (pl *planner) isDue(r *state.Outline) bool {
	due := pl.policy.due(r.ImportedAt)
	late := !due.IsZero() && !pl.now.Before(due)
	return late && !pl.policy.AgeSuspended && !pl.policy.NoDelete
}

// provable tells that the fetch which shows who a message is may be the one
// before its deletion. Sizes that change with each listing would put that off
// for ever. What failed the proof is unlisted since.
func (pl *planner) provable(r *state.Outline) bool {
	return r.Status == state.Imported && r.Listed && r.Breaks == 0 && r.Digest.Known() && pl.isDue(r)
}
