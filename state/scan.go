package state

import (
	"database/sql"
	"fmt"
	"time"
)

// selectMessages reads texts as blobs: of a text the driver asks the declared
// type, and copies it twice, for each row.
const selectMessages = "SELECT CAST(account AS BLOB), uid, CAST(status AS BLOB), " +
	"CAST(digest AS BLOB), CAST(header_digest AS BLOB), CAST(body_digest AS BLOB), " +
	"CAST(message_id AS BLOB), CAST(gmail_id AS BLOB), CAST(reason AS BLOB), CAST(destination AS BLOB), " +
	"size, first_seen, attempted_at, imported_at, deleted_at, last_listed, attempts, breaks, " +
	"listed, dropped, retried FROM messages"

// messageScanner reads the rows of a selectMessages. What it scans into
// serves for all of them.
type messageScanner struct {
	account, uid, status, digest, headerDigest, bodyDigest sql.RawBytes
	messageID, gmailID, reason, destination                sql.RawBytes
	size, seen, attempted, imported, deleted, lastListed   number
	attempts, breaks, listed, dropped, retried             number

	columns []any
	// before is the row before: what all rows have in common is kept once.
	before Record
}

func newMessageScanner() *messageScanner {
	s := &messageScanner{}
	s.columns = []any{&s.account, &s.uid, &s.status, &s.digest, &s.headerDigest, &s.bodyDigest,
		&s.messageID, &s.gmailID, &s.reason, &s.destination,
		&s.size, &s.seen, &s.attempted, &s.imported, &s.deleted, &s.lastListed, &s.attempts, &s.breaks,
		&s.listed, &s.dropped, &s.retried}
	return s
}

func (s *messageScanner) scan(rows *sql.Rows, r *Record) error {
	if err := rows.Scan(s.columns...); err != nil {
		return err
	}
	*r = Record{
		Account: again(s.before.Account, s.account), UID: string(s.uid), Size: s.size.n,
		Status: statusOf(s.status),
		Digest: string(s.digest), HeaderDigest: string(s.headerDigest), BodyDigest: string(s.bodyDigest),
		MessageID: string(s.messageID), FirstSeen: s.seen.time(), AttemptedAt: s.attempted.time(),
		ImportedAt: s.imported.time(), DeletedAt: s.deleted.time(), LastListed: s.lastListed.time(),
		GmailID: string(s.gmailID), Attempts: int(s.attempts.n), Reason: again(s.before.Reason, s.reason),
		Listed: s.listed.n != 0, Destination: again(s.before.Destination, s.destination),
		Dropped: s.dropped.n != 0, Retried: s.retried.n != 0, Breaks: int(s.breaks.n),
	}
	s.before = *r
	return nil
}

// again gives the text of before where it is the same, and else a copy of raw.
func again(before string, raw []byte) string {
	if string(raw) == before {
		return before
	}
	return string(raw)
}

// statusOf spares the known ones a copy.
func statusOf(raw []byte) Status {
	switch Status(raw) {
	case Pending:
		return Pending
	case Imported:
		return Imported
	case Adopted:
		return Adopted
	case Refused:
		return Refused
	default:
		return Status(raw)
	}
}

// number is a column of whole numbers. It spares database/sql the reflection.
type number struct {
	n int64
	// known is false for NULL.
	known bool
}

// Scan is that of sql.Scanner.
func (n *number) Scan(value any) error {
	switch v := value.(type) {
	case int64:
		*n = number{v, true}
	case nil:
		*n = number{}
	default:
		return fmt.Errorf("%T is no whole number", value)
	}
	return nil
}

func (n number) time() time.Time { return n.moment().Time() }

func (n number) moment() Moment {
	if !n.known {
		return 0
	}
	return epoch + Moment(n.n)
}
