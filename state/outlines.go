package state

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// The bits of selectOutlines. What is above them are the breaks.
const (
	bitListed = 1 << iota
	bitDropped
	bitRetried
	bitTried
	bitAttempted
	bitDeleted
	bitsOfFlags = iota
)

// selectOutlines has few columns, since each costs as much as most of the
// row. No status and no digest has a blank.
var selectOutlines = fmt.Sprintf("SELECT uid, size, imported_at, last_listed, "+
	"listed * %d | dropped * %d | retried * %d | (attempts > 0) * %d | (attempted_at IS NOT NULL) * %d | (deleted_at IS NOT NULL) * %d | (min(breaks, 2147483647) << %d), "+
	"CAST(concat_ws(' ', status, digest, header_digest, body_digest, reason) AS BLOB) FROM messages",
	bitListed, bitDropped, bitRetried, bitTried, bitAttempted, bitDeleted, bitsOfFlags)

// Outlines gives the outlines of all rows of an account, ordered by the octets
// of the UID. An error is the last that it gives.
func (db *DB) Outlines(ctx context.Context, account string) iter.Seq2[Outline, error] {
	return func(yield func(Outline, error) bool) {
		rows, err := db.readers.QueryContext(ctx, selectOutlines+" WHERE account = ? ORDER BY uid", account)
		if err != nil {
			yield(Outline{}, db.fault("read records", unlessDone(ctx, err)))
			return
		}
		defer rows.Close()
		s := newOutlineScanner()
		for rows.Next() {
			var o Outline
			if err := s.scan(rows, &o); err != nil {
				yield(Outline{}, db.fault("read records", unlessDone(ctx, scanFault(rows, err))))
				return
			}
			if !yield(o, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Outline{}, db.fault("read records", unlessDone(ctx, err)))
		}
	}
}

// outlineScanner reads the rows of selectOutlines.
type outlineScanner struct {
	uid, texts                     sql.RawBytes
	size, imported, listed, number number
	columns                        []any
	// reason is that of the row before: what rows have in common is kept once.
	reason string
}

func newOutlineScanner() *outlineScanner {
	s := &outlineScanner{}
	s.columns = []any{&s.uid, &s.size, &s.imported, &s.listed, &s.number, &s.texts}
	return s
}

func (s *outlineScanner) scan(rows *sql.Rows, o *Outline) error {
	if err := rows.Scan(s.columns...); err != nil {
		return err
	}
	bits := s.number.n
	*o = Outline{UID: string(s.uid), Size: s.size.n, ImportedAt: s.imported.moment(), LastListed: s.listed.moment(),
		Listed: bits&bitListed != 0, Dropped: bits&bitDropped != 0, Retried: bits&bitRetried != 0,
		Tried: bits&bitTried != 0, Attempted: bits&bitAttempted != 0, Deleted: bits&bitDeleted != 0,
		Breaks: int32(bits >> bitsOfFlags)}
	status, rest, _ := bytes.Cut(s.texts, blank)
	o.Status = statusOf(status)
	for _, d := range []*Digest{&o.Digest, &o.HeaderDigest, &o.BodyDigest} {
		var text []byte
		var ok bool
		if text, rest, ok = bytes.Cut(rest, blank); ok {
			*d, ok = parseDigest(text)
		}
		if !ok {
			return errors.New("a digest is no SHA-256")
		}
	}
	o.Reason = again(s.reason, rest)
	s.reason = o.Reason
	return nil
}

var blank = []byte(" ")
