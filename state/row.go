package state

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// exportVersion is the value of popbridge_state in the first line.
const exportVersion = 1

// exportHeader is the first line of an export.
type exportHeader struct {
	Version int `json:"popbridge_state"`
}

// exportRow is a Record as a line of JSON. Times that never were are null.
type exportRow struct {
	Account      string     `json:"account"`
	UID          string     `json:"uid"`
	Size         int64      `json:"size"`
	Status       Status     `json:"status"`
	Digest       string     `json:"digest"`
	HeaderDigest string     `json:"header_digest"`
	BodyDigest   string     `json:"body_digest"`
	MessageID    string     `json:"message_id"`
	FirstSeen    *time.Time `json:"first_seen"`
	AttemptedAt  *time.Time `json:"attempted_at"`
	ImportedAt   *time.Time `json:"imported_at"`
	DeletedAt    *time.Time `json:"deleted_at"`
	LastListed   *time.Time `json:"last_listed"`
	GmailID      string     `json:"gmail_id"`
	Attempts     int        `json:"attempts"`
	Reason       string     `json:"reason"`

	// Listed is a pointer since it may be missing on the way in.
	Listed      *bool  `json:"listed"`
	Destination string `json:"destination"`
	Dropped     bool   `json:"dropped"`
	Retried     bool   `json:"retried"`
	Breaks      int    `json:"breaks"`
	// RawMessageID is there when the Message-ID is no UTF-8, which JSON
	// cannot hold, and is escaped as UIDs are.
	RawMessageID string `json:"message_id_raw,omitempty"`
}

func toRow(r *Record) *exportRow {
	row := &exportRow{
		Account: r.Account, UID: EscapeUID(r.UID), Size: r.Size, Status: r.Status,
		Digest: r.Digest, HeaderDigest: r.HeaderDigest, BodyDigest: r.BodyDigest, MessageID: r.MessageID,
		FirstSeen: orNull(r.FirstSeen), AttemptedAt: orNull(r.AttemptedAt), ImportedAt: orNull(r.ImportedAt),
		DeletedAt: orNull(r.DeletedAt), LastListed: orNull(r.LastListed),
		GmailID: r.GmailID, Attempts: r.Attempts, Reason: r.Reason,
		Listed: &r.Listed, Destination: r.Destination, Dropped: r.Dropped, Retried: r.Retried, Breaks: r.Breaks,
	}
	if !utf8.ValidString(r.MessageID) {
		row.RawMessageID = EscapeUID(r.MessageID)
	}
	return row
}

// record checks the row as strictly as Put does, and makes a Record of it.
// Without listed, a message is taken as listed until it was deleted.
func (row *exportRow) record() (Record, error) {
	uid, err := UnescapeUID(row.UID)
	if err != nil {
		return Record{}, err
	}
	messageID, err := row.messageID()
	if err != nil {
		return Record{}, err
	}
	r := Record{
		Account: row.Account, UID: uid, Size: row.Size, Status: row.Status,
		Digest: strings.ToLower(row.Digest), HeaderDigest: strings.ToLower(row.HeaderDigest),
		BodyDigest: strings.ToLower(row.BodyDigest), MessageID: messageID,
		FirstSeen: orZero(row.FirstSeen), AttemptedAt: orZero(row.AttemptedAt), ImportedAt: orZero(row.ImportedAt),
		DeletedAt: orZero(row.DeletedAt), LastListed: orZero(row.LastListed),
		GmailID: row.GmailID, Attempts: row.Attempts, Reason: row.Reason,
		Listed: row.DeletedAt == nil, Destination: row.Destination, Dropped: row.Dropped, Retried: row.Retried, Breaks: row.Breaks,
	}
	if row.Listed != nil {
		r.Listed = *row.Listed
	}
	return r, r.check()
}

func (row *exportRow) messageID() (string, error) {
	if row.RawMessageID == "" {
		return row.MessageID, nil
	}
	id, err := UnescapeUID(row.RawMessageID)
	if err != nil {
		return "", fmt.Errorf("message_id_raw: %w", err)
	}
	return id, nil
}

// orNull gives a pointer to t, nil for the zero time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// orZero is the inverse of orNull, with the precision that the file keeps.
func orZero(t *time.Time) time.Time {
	if t == nil || t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
