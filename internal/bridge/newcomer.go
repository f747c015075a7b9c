package bridge

import (
	"slices"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// missing are the recorded messages that are not where they were: their UID
// isn't listed, or stands for another message. A provider that moved its
// server lists them under other UIDs. Of what there may be much, it has only
// what newcomers can be: their sizes, and headers that were seen.
type missing struct {
	byHeader map[state.Digest][]*state.Outline
	sizes    map[int64]bool
	// fresh tells that some were still in their place the last time.
	fresh bool
	// placed gives the numbers of messages still thought to be in their
	// place, by their row's header digest.
	placed map[state.Digest][]int
}

// recognisable tells whether a row can be found again under another UID.
func recognisable(r *state.Outline) bool {
	return r.HeaderDigest.Known() && (r.Status != state.Pending || r.InDoubt())
}

// findMissing looks once, when there is a newcomer: most runs have none.
func (pl *planner) findMissing() *missing {
	if pl.missing != nil {
		return pl.missing
	}
	seen := make(map[state.Digest]bool, len(pl.Headers))
	for _, header := range pl.Headers {
		if header != nil {
			seen[state.DigestOf(header.HeaderDigest)] = true
		}
	}
	m := &missing{byHeader: map[state.Digest][]*state.Outline{}, sizes: map[int64]bool{}, placed: map[state.Digest][]int{}}
	pl.missing = m
	newcomers := map[int64]bool{}
	inPlace := make([]bool, len(pl.Records))
	for i := range pl.actions {
		a, r := &pl.actions[i], pl.records[i]
		if r == nil || pl.compared[i] == different {
			newcomers[a.Size] = true
		}
		if pl.compared[i] == different {
			continue
		}
		if pl.places[i] >= 0 {
			inPlace[pl.places[i]] = true
		}
		if r != nil && pl.compared[i] != same && seen[r.HeaderDigest] {
			m.placed[r.HeaderDigest] = append(m.placed[r.HeaderDigest], a.Number)
		}
	}
	for i, r := range pl.Records {
		if inPlace[i] || !recognisable(r) {
			continue
		}
		m.fresh = m.fresh || r.Listed
		if newcomers[r.Size] {
			m.sizes[r.Size] = true
		}
		if seen[r.HeaderDigest] {
			m.byHeader[r.HeaderDigest] = append(m.byHeader[r.HeaderDigest], r)
		}
	}
	return m
}

// newcomer decides about a message that no row is known to stand for. It
// gives the missing row that the message proves to be, or nil after planning
// its fetch.
func (pl *planner) newcomer(a *Action, reason Reason) *state.Outline {
	m := pl.findMissing()
	if !m.fresh && !m.sizes[a.Size] {
		pl.fetch(a, reason)
		return nil
	}
	header := pl.Headers[a.Number]
	if header == nil {
		pl.askFor(a.Number, nil)
		pl.fetch(a, maybeRenumbered(reason))
		return nil
	}
	digest := state.DigestOf(header.HeaderDigest)
	matches := m.byHeader[digest]
	at := -1
	for i, r := range matches {
		if provenByHeader(r, header, a.Size) && (at < 0 || likelier(r, matches[at])) {
			at = i
		}
	}
	if at >= 0 {
		// Each missing row absorbs one newcomer; two listed at once are two.
		m.byHeader[digest] = slices.Delete(slices.Clone(matches), at, at+1)
		a.From = matches[at].UID
		return matches[at]
	}
	// It may have changed places with one that nobody has looked at yet.
	for _, number := range m.placed[digest] {
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
// retention ends later. That one run decides as the next, the UID comes last.
func likelier(a, b *state.Outline) bool {
	if a.Listed != b.Listed {
		return a.Listed
	}
	if a.ImportedAt != b.ImportedAt {
		return a.ImportedAt > b.ImportedAt
	}
	return a.UID < b.UID
}

// neverSeen tells that nothing of a row's message was ever fetched, and that
// its UID now has a message of another size: a refused one must not hide it.
func neverSeen(r *state.Outline, a Action) bool {
	return r.Status == state.Refused && !r.Digest.Known() && r.Size != a.Size
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
func provenByHeader(r *state.Outline, header *message.Summary, size int64) bool {
	if !r.Digest.Known() {
		return r.Size == size || header.MessageID != ""
	}
	return r.Size == size && header.MessageID != ""
}
