package bridge

import "github.com/popbridge/popbridge/state"

// breaksUntilSetAside is how many sessions a message may break before it is
// fetched last and alone.
const breaksUntilSetAside = 2

// comparison is how a listed message compares with the row of its UID.
type comparison uint8

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
		if r != nil && pl.waitsOrIsDone(r) && (r.HeaderDigest.Known() || r.Digest.Known()) {
			pl.compared[i] = pl.compare(r, pl.actions[i])
		}
	}
}

// waitsOrIsDone tells rows whose message isn't fetched anyway, which shows who
// it is.
func (pl *planner) waitsOrIsDone(r *state.Outline) bool {
	return r.Status != state.Pending || r.InDoubt() && pl.policy.Verify
}

func (pl *planner) compare(r *state.Outline, a Action) comparison {
	// A UID that comes back after it was gone, or with another size, may
	// stand for another message: servers reuse them.
	suspect := r.Size != a.Size || !r.Listed || r.Deleted
	if header := pl.Headers[a.Number]; header != nil && r.HeaderDigest.Known() {
		switch {
		case state.DigestOf(header.HeaderDigest) != r.HeaderDigest:
			if pl.Top {
				return different
			}
		case suspect && r.Digest.Known() && (header.MessageID == "" || r.Reason == shortBody):
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
func (pl *planner) askFor(number int, r *state.Outline) bool {
	_, seen := pl.Headers[number]
	if seen || !pl.Top || r != nil && !r.HeaderDigest.Known() {
		return false
	}
	pl.asked[number] = true
	return true
}
