package bridge

import (
	"encoding/binary"
	"iter"

	"github.com/popbridge/popbridge/state"
)

// digests finds UIDs by a digest. A run may have those of 100,000 rows, and
// hardly two of them are alike: links in one slice take a fraction of the room
// of a map of slices.
type digests struct {
	// first are the links that begin a chain, counted from 1, by the first
	// octets of the digest. Others may share them: who finds must look.
	first map[uint64]int32
	links []link
}

type link struct {
	uid  string
	next int32
}

// newDigests makes room for so many.
func newDigests(n int) *digests {
	return &digests{first: make(map[uint64]int32, n), links: make([]link, 0, n)}
}

// add adds a UID, unless the digest isn't known.
func (x *digests) add(d state.Digest, uid string) {
	if !d.Known() {
		return
	}
	key := binary.BigEndian.Uint64(d[:])
	x.links = append(x.links, link{uid, x.first[key]})
	x.first[key] = int32(len(x.links))
}

// find gives the UIDs that were added with the digest, or one that begins as
// it does, the latest first.
func (x *digests) find(d state.Digest) iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := x.first[binary.BigEndian.Uint64(d[:])]; at > 0; at = x.links[at-1].next {
			if !yield(x.links[at-1].uid) {
				return
			}
		}
	}
}
