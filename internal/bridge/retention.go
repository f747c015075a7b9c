package bridge

import (
	"cmp"
	"slices"

	"github.com/popbridge/popbridge/state"
)

// evict plans the deletions that keep_messages and keep_size ask for, beyond
// those that are due by age.
func (pl *planner) evict() {
	if pl.policy.NoDelete || pl.policy.KeepMessages <= 0 && pl.policy.KeepSize <= 0 {
		return
	}
	candidates := pl.oldestFirst()
	if keep := pl.policy.KeepMessages; keep > 0 {
		count := func(*Action) int64 { return 1 }
		pl.evictDownTo(int64(keep), KeepMessages, count, candidates)
	}
	if keep := pl.policy.KeepSize; keep > 0 {
		pl.evictDownTo(keep, KeepSize, func(a *Action) int64 { return a.Size }, candidates)
	}
}

// oldestFirst gives the indexes of the imported messages that stay so far:
// by the day of their import, and within a day in the mailbox's own order,
// since imports of one run end in any order.
func (pl *planner) oldestFirst() []int {
	var at []int
	days := make([]int64, len(pl.actions))
	for i := range pl.actions {
		if pl.actions[i].Verb == Keep {
			at = append(at, i)
			days[i] = pl.records[i].ImportedAt.Day()
		}
	}
	slices.SortFunc(at, func(i, j int) int {
		return cmp.Or(cmp.Compare(days[i], days[j]), cmp.Compare(pl.actions[i].Number, pl.actions[j].Number))
	})
	return at
}

// evictDownTo deletes candidates until all that stays weighs at most limit.
// Where what may not be deleted exceeds the limit alone, evicting the rest
// wouldn't mend it, and nothing is evicted.
func (pl *planner) evictDownTo(limit int64, reason Reason, weight func(*Action) int64, candidates []int) {
	var total, fixed int64
	for i := range pl.actions {
		a := &pl.actions[i]
		if a.Verb == Delete {
			continue
		}
		total += weight(a)
		if a.Verb == Skip && (a.Reason == Adopted || a.Reason == Refused) || a.Verb == Refuse {
			fixed += weight(a)
		}
	}
	if fixed > limit {
		return
	}
	for _, i := range candidates {
		if total <= limit {
			return
		}
		if a := &pl.actions[i]; a.Verb == Keep {
			a.Verb, a.Reason = Delete, reason
			total -= weight(a)
		}
	}
}

// confirmDeletions sees to it that each message that is to go is the one that
// is recorded: by its header, or by a fetch where TOP can't tell. What nothing
// can tell stays.
func (pl *planner) confirmDeletions() {
	for i := range pl.actions {
		a, r := &pl.actions[i], pl.records[i]
		if a.Verb == Delete && r.Status == state.Imported && r.Reason == shortBody {
			a.Proof = true
			continue
		}
		if a.Verb != Delete || a.Same || a.From != "" || pl.askFor(a.Number, r) {
			continue
		}
		neverFetched := !r.Digest.Known() && !r.HeaderDigest.Known()
		switch {
		case r.Digest.Known(), a.Reason == Dropped && r.HeaderDigest.Known():
			a.Proof = true
		case a.Reason == Dropped && neverFetched && r.Size == a.Size && pl.Listing.Flaw == "":
		case r.Status == state.Imported && neverFetched:
			a.Verb, a.Reason = Keep, pl.policy.keepReason()
		case r.Status == state.Imported:
			pl.fetch(a, Changed)
		default:
			a.Verb, a.Reason = Skip, Reason(r.Status)
		}
	}
}
