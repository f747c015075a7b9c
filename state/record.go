package state

import "time"

// Status is what became of a message.
type Status string

// The statuses of a Record.
const (
	// Pending: seen, and not yet acknowledged by Gmail. With AttemptedAt set
	// it is in doubt: an import was begun and its outcome isn't known.
	Pending Status = "pending"
	// Imported: Gmail acknowledged this very message.
	Imported Status = "imported"
	// Adopted: counted as seen by the user's word, without an import.
	Adopted Status = "adopted"
	// Refused: Gmail will not take it, or it is too large.
	Refused Status = "refused"
)

// Record is what is known of one message of one account. Times are UTC; the
// zero time stands for never.
type Record struct {
	Account string
	// UID is the raw UID, any octets (see EscapeUID).
	UID string
	// Size is in octets, as LIST announced it.
	Size   int64
	Status Status
	// Digest, HeaderDigest and BodyDigest are SHA-256 in lower-case
	// hexadecimal, empty where not known.
	Digest, HeaderDigest, BodyDigest string
	// MessageID is the Message-ID field's id without its angle brackets,
	// empty where the message has none.
	MessageID string

	FirstSeen time.Time
	// AttemptedAt is when the last import was begun whose outcome isn't
	// known; zero where none is in doubt.
	AttemptedAt time.Time
	ImportedAt  time.Time
	// DeletedAt is when the provider committed the deletion.
	DeletedAt time.Time
	// LastListed may lag a day.
	LastListed time.Time
	// GmailID is the id that Gmail acknowledged the import with.
	GmailID string
	// Attempts counts imports begun.
	Attempts int
	// Reason says why it is refused, or what is odd about its import.
	Reason string

	// Listed tells whether the last whole listing had it.
	Listed bool
	// Destination is the Gmail address that it was imported into.
	Destination string
	// Dropped tells that the user lets the next run delete it.
	Dropped bool
	// Retried tells that the user asked for another try.
	Retried bool
	// Breaks counts the sessions that broke at its RETR.
	Breaks int
}

// InDoubt tells whether an import was begun whose outcome isn't known.
func (r Record) InDoubt() bool { return r.Status == Pending && !r.AttemptedAt.IsZero() }

// Account is what is known of an account as a whole.
type Account struct {
	Name string
	// Mailbox is user@host:port of the mailbox last worked on.
	Mailbox string
	// Listed and Octets are those of the last whole listing.
	Listed int
	Octets int64

	LastRun time.Time
	// ClockAt is the latest time of a run whose clock was believed.
	ClockAt     time.Time
	LastSuccess time.Time
	// Failures counts the runs in a row that failed, since FailingSince.
	Failures     int
	FailingSince time.Time
	// Error and Hint are of the last run, empty when it went well.
	Error, Hint string
	// Told are the failures said aloud since ToldAt, a line each.
	Told   string
	ToldAt time.Time
	// Blocked tells that in the last run the destination took nothing, so
	// that the next one asks it before it fetches.
	Blocked bool
	// Top tells whether TOP gives the same header digest as RETR: "" not yet
	// tried, "same", or "differs".
	Top string
	// FlawedSince is since when each listing contradicted itself; zero where
	// the last one didn't.
	FlawedSince time.Time
	// OneByOneSince is since when its server is sent one command at a time,
	// having fallen silent when more were sent ahead; zero where it hasn't.
	OneByOneSince time.Time
}
