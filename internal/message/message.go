// Package message tells what the bridge needs to know of a message: its
// digests, its Message-ID, and the few fields that a person is shown. It reads
// the octets as they stream by, in any chunking, and holds little of them.
package message

import "time"

// Summary is what is known of one message.
type Summary struct {
	// Size is in octets.
	Size int64
	// Digest is of all octets, BodyDigest of what follows the first empty
	// line, HeaderDigest of the header with its line ends as CRLF and without
	// the fields that servers change (see HeaderSummary). Each is a SHA-256 in
	// lower-case hexadecimal.
	Digest, HeaderDigest, BodyDigest string
	// MessageID is the first Message-ID without its angle brackets. It is
	// empty where there is none, and where it is longer than 4 KB or not
	// printable UTF-8 and so can't be recorded or searched for.
	MessageID string
	// Date is that of the first Date field in UTC, zero where it is missing
	// or unreadable.
	Date time.Time
	// Received is when the newest server of the path that says so took the
	// message: the date of the topmost Received field that has a readable
	// one, in UTC, else zero.
	Received time.Time
	// From and Subject are for people to read: decoded where the charset is
	// known, printable, and at most 200 runes.
	From, Subject string
}

// ReceivedOrDate gives Received, or else Date, and whether either is known. A
// date in the future is given as it is.
func (s Summary) ReceivedOrDate() (time.Time, bool) {
	if !s.Received.IsZero() {
		return s.Received, true
	}
	return s.Date, !s.Date.IsZero()
}
