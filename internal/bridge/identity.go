package bridge

import (
	"slices"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// breaksUntilSetAside is how many sessions a message may break before it is
// fetched last and alone.
const breaksUntilSetAside = 2

// comparison is how a listed message compares with the row of its UID.
type comparison int

const (
	// unsuspected: nothing speaks against the row, and nothing was asked.
	unsuspected comparison = iota
	// unsure: size or history speak against it, and no header has settled it.
	unsure
	same
	different
)

// compareKnown holds the headers seen so far against the rows, and asks for
// those of messages that may not be the recorded ones.
func (pl *planner) compareKnown() {
	for i, r := range pl.records {
		if r != nil && pl.waitsOrIsDone(r) && (r.HeaderDigest != "" || r.Digest != "") {
			pl.compared[i] = pl.compare(r, pl.actions[i])
		}
	}
}

// waitsOrIsDone tells rows whose message isn't fetched anyway, which shows who
// it is.
func (pl *planner) waitsOrIsDone(r *state.Record) bool {
	return r.Status != state.Pending || r.InDoubt() && pl.policy.Verify
}

func (pl *planner) compare(r *state.Record, a Action) comparison {
	// A UID that comes back after it was gone, or with another size, may
	// stand for another message: servers reuse them.
	suspect := r.Size != a.Size || !r.Listed || !r.DeletedAt.IsZero()
	if header := pl.Headers[a.Number]; header != nil && r.HeaderDigest != "" {
		switch {
		case header.HeaderDigest != r.HeaderDigest:
			if pl.Top {
				return different
			}
		case suspect && r.Digest != "" && (header.MessageID == "" || r.Reason == shortBody):
			return unsure // only its body tells
		default:
			return same
		}
	}
	if !suspect {
		return unsuspected
	}
	pl.askFor(a.Number, r)
	return unsure
}

// askFor asks for a header where it can help, and tells whether it will come.
func (pl *planner) askFor(number int, r *state.Record) bool {
	_, seen := pl.Headers[number]
	if seen || !pl.Top || r != nil && r.HeaderDigest == "" {
		return false
	}
	pl.asked[number] = true
	return true
}

// missing are the recorded messages that are not where they were: their UID
// isn't listed, or stands for another message. A provider that moved its
// server lists them under other UIDs.
type missing struct {
	byHeader map[string][]*state.Record
	sizes    map[int64]int
	// fresh tells that some were still in their place the last time.
	fresh bool
	// placed gives the numbers of messages still thought to be in their
	// place, by their row's header digest.
	placed map[string][]int
}

// recognisable tells whether a row can be found again under another UID.
func recognisable(r *state.Record) bool {
	return r.HeaderDigest != "" && (r.Status != state.Pending || r.InDoubt())
}

func (pl *planner) findVanished() {
	m := missing{byHeader: map[string][]*state.Record{}, sizes: map[int64]int{}, placed: map[string][]int{}}
	inPlace := make(map[string]bool, len(pl.actions))
	for i, a := range pl.actions {
		r := pl.records[i]
		inPlace[a.UID] = pl.compared[i] != different
		if r != nil && inPlace[a.UID] && r.HeaderDigest != "" && pl.compared[i] != same {
			m.placed[r.HeaderDigest] = append(m.placed[r.HeaderDigest], a.Number)
		}
	}
	for i := range pl.Records {
		r := &pl.Records[i]
		if inPlace[r.UID] || !recognisable(r) {
			continue
		}
		m.fresh = m.fresh || r.Listed
		m.sizes[r.Size]++
		m.byHeader[r.HeaderDigest] = append(m.byHeader[r.HeaderDigest], r)
	}
	pl.missing = m
}

// newcomer decides about a message that no row is known to stand for. It
// gives the missing row that the message proves to be, or nil after planning
// its fetch.
func (pl *planner) newcomer(a *Action, reason Reason) *state.Record {
	if !pl.missing.fresh && pl.missing.sizes[a.Size] == 0 {
		pl.fetch(a, reason)
		return nil
	}
	header := pl.Headers[a.Number]
	if header == nil {
		pl.askFor(a.Number, nil)
		pl.fetch(a, maybeRenumbered(reason))
		return nil
	}
	matches := pl.missing.byHeader[header.HeaderDigest]
	at := -1
	for i, r := range matches {
		if provenByHeader(r, header, a.Size) && (at < 0 || likelier(*r, *matches[at])) {
			at = i
		}
	}
	if at >= 0 {
		// Each missing row absorbs one newcomer; two listed at once are two.
		pl.missing.byHeader[header.HeaderDigest] = slices.Delete(slices.Clone(matches), at, at+1)
		a.From = matches[at].UID
		return matches[at]
	}
	// It may have changed places with one that nobody has looked at yet.
	for _, number := range pl.missing.placed[header.HeaderDigest] {
		pl.askFor(number, nil)
	}
	if len(matches) > 0 {
		reason = maybeRenumbered(reason)
	}
	pl.fetch(a, reason)
	return nil
}

// likelier tells which of two missing rows of the same message a newcomer is:
// the one that was there the last time, else the one imported later, whose
// retention ends later.
func likelier(a, b state.Record) bool {
	if a.Listed != b.Listed {
		return a.Listed
	}
	return a.ImportedAt.After(b.ImportedAt)
}

// neverSeen tells that nothing of a row's message was ever fetched, and that
// its UID now has a message of another size: a refused one must not hide it.
func neverSeen(r *state.Record, a Action) bool {
	return r.Status == state.Refused && r.Digest == "" && r.Size != a.Size
}

// maybeRenumbered is the reason for fetching what only its digest can tell.
func maybeRenumbered(reason Reason) Reason {
	if reason == New {
		return NewOrRenumbered
	}
	return reason
}

// provenByHeader tells whether header and size alone prove a message. A
// header without a Message-ID says too little. A row that never had a digest
// (adopted, or refused for its size) has nothing more to be proven by.
func provenByHeader(r *state.Record, header *message.Summary, size int64) bool {
	if r.Digest == "" {
		return r.Size == size || header.MessageID != ""
	}
	return r.Size == size && header.MessageID != ""
}
