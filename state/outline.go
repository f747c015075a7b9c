package state

import "math"

// Outline is what a plan is made from of a Record, in little room: a run
// holds that of each row of an account.
type Outline struct {
	// UID is the raw UID.
	UID string
	// Size is in octets, as LIST announced it.
	Size   int64
	Status Status
	// Digest, HeaderDigest and BodyDigest are the Record's.
	Digest, HeaderDigest, BodyDigest Digest
	// Reason says why it is refused, or what is odd about its import.
	Reason     string
	ImportedAt Moment
	LastListed Moment
	// Breaks counts the sessions that broke at its RETR.
	Breaks int32
	// Listed, Dropped and Retried are the Record's.
	Listed, Dropped, Retried bool
	// Tried tells that an import was begun, ever; Attempted, that the
	// outcome of the last one isn't known; Deleted, that the provider
	// committed the deletion.
	Tried, Attempted, Deleted bool
}

// InDoubt tells whether an import was begun whose outcome isn't known.
func (o *Outline) InDoubt() bool { return o.Status == Pending && o.Attempted }

// Outline gives the outline of a row.
func (r *Record) Outline() Outline {
	return Outline{UID: r.UID, Size: r.Size, Status: r.Status,
		Digest: DigestOf(r.Digest), HeaderDigest: DigestOf(r.HeaderDigest), BodyDigest: DigestOf(r.BodyDigest),
		Reason: r.Reason, ImportedAt: MomentOf(r.ImportedAt), LastListed: MomentOf(r.LastListed), Breaks: int32(min(r.Breaks, math.MaxInt32)),
		Listed: r.Listed, Dropped: r.Dropped, Retried: r.Retried,
		Tried: r.Attempts > 0, Attempted: !r.AttemptedAt.IsZero(), Deleted: !r.DeletedAt.IsZero()}
}
