package state

import (
	"database/sql"
	"strings"
	"time"
)

// The columns of a table, in the order of its values (and of scanAccount).
const (
	messageColumns = "account, uid, size, status, digest, header_digest, body_digest, message_id, " +
		"first_seen, attempted_at, imported_at, deleted_at, last_listed, gmail_id, attempts, reason, " +
		"listed, destination, dropped, retried, breaks"
	accountColumns = "name, mailbox, listed, octets, last_run, clock_at, last_success, " +
		"failures, failing_since, error, hint, told, told_at, top, blocked, flawed_since, one_by_one_since"

	selectAccounts = "SELECT " + accountColumns + " FROM accounts"
)

// The statements that write whole rows.
var (
	putMessage = replaceInto("messages", messageColumns)
	putAccount = replaceInto("accounts", accountColumns)
	putNotice  = replaceInto("notices", noticeColumns)
)

const (
	removeMessage = "DELETE FROM messages WHERE account = ? AND uid = ?"
	setLastListed = "UPDATE messages SET last_listed = ? WHERE account = ? AND uid = ?"
)

// replaceInto gives the statement that writes a whole row.
func replaceInto(table, columns string) string {
	places := strings.Repeat("?, ", strings.Count(columns, ","))
	return "INSERT OR REPLACE INTO " + table + " (" + columns + ") VALUES (" + places + "?)"
}

func messageValues(r *Record) []any {
	return []any{
		r.Account, []byte(r.UID), r.Size, string(r.Status), r.Digest, r.HeaderDigest, r.BodyDigest, r.MessageID,
		micros(r.FirstSeen), micros(r.AttemptedAt), micros(r.ImportedAt), micros(r.DeletedAt), micros(r.LastListed),
		r.GmailID, r.Attempts, r.Reason,
		r.Listed, r.Destination, r.Dropped, r.Retried, r.Breaks,
	}
}

func accountValues(a *Account) []any {
	return []any{
		a.Name, a.Mailbox, a.Listed, a.Octets, micros(a.LastRun), micros(a.ClockAt), micros(a.LastSuccess),
		a.Failures, micros(a.FailingSince), a.Error, a.Hint, a.Told, micros(a.ToldAt), a.Top, a.Blocked, micros(a.FlawedSince), micros(a.OneByOneSince),
	}
}

// scanAccount reads a row of selectAccounts into a.
func scanAccount(rows *sql.Rows, a *Account) error {
	var run, clock, success, failing, told, flawed, single sql.NullInt64
	err := rows.Scan(
		&a.Name, &a.Mailbox, &a.Listed, &a.Octets, &run, &clock, &success,
		&a.Failures, &failing, &a.Error, &a.Hint, &a.Told, &told, &a.Top, &a.Blocked, &flawed, &single,
	)
	a.LastRun, a.ClockAt, a.LastSuccess = moment(run), moment(clock), moment(success)
	a.FailingSince, a.ToldAt = moment(failing), moment(told)
	a.FlawedSince, a.OneByOneSince = moment(flawed), moment(single)
	return err
}

// micros stores a time, nil for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func moment(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMicro(n.Int64).UTC()
}
