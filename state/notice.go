package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Notice is a short message of ours about a refused one, on its way into the
// destination. Times are UTC; the zero time stands for never.
type Notice struct {
	// MessageID is the notice's own, without angle brackets. There is one
	// notice of an id, ever.
	MessageID string
	// Account and UID (raw) are those of the refused message.
	Account, UID string
	// Story is what is known of the refused message, and Content the notice
	// itself once an import was begun. Both are empty when it is done with.
	Story     string
	Content   []byte
	CreatedAt time.Time
	// AttemptedAt is when the last import was begun whose outcome isn't
	// known; zero where none is in doubt.
	AttemptedAt time.Time
	// Attempts counts imports begun.
	Attempts int
	// GmailID is the id that Gmail acknowledged the notice with.
	GmailID string
	// DoneAt is when it was acknowledged, or given up where GmailID is empty.
	DoneAt time.Time
}

const (
	noticeColumns = "message_id, account, uid, story, content, created_at, attempted_at, attempts, gmail_id, done_at"
	selectNotices = "SELECT " + noticeColumns + " FROM notices"
)

func noticeValues(n *Notice) []any {
	return []any{n.MessageID, n.Account, []byte(n.UID), n.Story, n.Content, micros(n.CreatedAt), micros(n.AttemptedAt),
		n.Attempts, n.GmailID, micros(n.DoneAt)}
}

// scanNotice reads a row of selectNotices into n.
func scanNotice(rows *sql.Rows, n *Notice) error {
	var created, attempted, done sql.NullInt64
	var uid sql.RawBytes
	err := rows.Scan(&n.MessageID, &n.Account, &uid, &n.Story, &n.Content, &created, &attempted, &n.Attempts, &n.GmailID, &done)
	n.UID = string(uid)
	n.CreatedAt, n.AttemptedAt, n.DoneAt = moment(created), moment(attempted), moment(done)
	return err
}

// check refuses a notice that could not be read back.
func (n *Notice) check() error {
	if n.MessageID == "" || n.UID == "" {
		return errors.New("notice without a Message-ID or a UID")
	}
	return errors.Join(CheckName(n.Account), checkTimes(n.CreatedAt, n.AttemptedAt, n.DoneAt))
}

// Notices gives an account's notices that are still to be delivered, the
// oldest first.
func (db *DB) Notices(ctx context.Context, account string) ([]Notice, error) {
	rows, err := db.readers.QueryContext(ctx, selectNotices+" WHERE account = ? AND done_at IS NULL ORDER BY created_at, message_id", account)
	if err != nil {
		return nil, db.fault("read notices", err)
	}
	notices, err := collect(rows, scanNotice)
	return notices, db.fault("read notices", err)
}

// AddNotice adds a notice, unless there was one of its Message-ID already.
func (w *Writer) AddNotice(n Notice) error {
	if err := n.check(); err != nil {
		return w.refuse(err)
	}
	w.changes = append(w.changes, func(t *tx) error { return t.addNotice(&n) })
	return nil
}

// PutNotice writes a notice whole.
func (w *Writer) PutNotice(n Notice) error {
	if err := n.check(); err != nil {
		return w.refuse(err)
	}
	w.changes = append(w.changes, func(t *tx) error {
		if err := t.exec(putNotice, noticeValues(&n)...); err != nil {
			return fmt.Errorf("record the notice of %s/%s: %w", n.Account, EscapeUID(n.UID), err)
		}
		return nil
	})
	return nil
}

// AddNotice adds a notice, unless there was one of its Message-ID already.
func (x Tx) AddNotice(n Notice) error {
	if err := n.check(); err != nil {
		return err
	}
	return x.t.addNotice(&n)
}

func (t *tx) addNotice(n *Notice) error {
	if err := t.exec("INSERT OR IGNORE INTO notices ("+noticeColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", noticeValues(n)...); err != nil {
		return fmt.Errorf("record the notice of %s/%s: %w", n.Account, EscapeUID(n.UID), err)
	}
	return nil
}

// WithdrawNotices removes the notices of a message that no import was begun
// for.
func (x Tx) WithdrawNotices(account, uid string) error {
	return x.t.exec("DELETE FROM notices WHERE account = ? AND uid = ? AND attempts = 0 AND done_at IS NULL", account, []byte(uid))
}
