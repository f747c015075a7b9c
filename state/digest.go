package state

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is a SHA-256 in a quarter of the room that a Record's takes. The
// zero value stands for one that isn't known.
type Digest [sha256.Size]byte

// DigestOf reads a digest in hexadecimal, as a Record has it. What is none
// gives the zero value.
func DigestOf(text string) Digest {
	d, _ := parseDigest([]byte(text))
	return d
}

// Known tells whether there is a digest.
func (d Digest) Known() bool { return d != Digest{} }

// parseDigest takes the empty text for one that isn't known.
func parseDigest(text []byte) (d Digest, ok bool) {
	if len(text) != hex.EncodedLen(len(d)) {
		return d, len(text) == 0
	}
	if _, err := hex.Decode(d[:], text); err != nil {
		return Digest{}, false
	}
	return d, true
}
