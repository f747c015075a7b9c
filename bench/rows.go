package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// stateRow is a line of `popbridge state import`, of what an imported message
// has.
type stateRow struct {
	Account      string    `json:"account"`
	UID          string    `json:"uid"`
	Size         int       `json:"size"`
	Status       string    `json:"status"`
	Digest       string    `json:"digest"`
	HeaderDigest string    `json:"header_digest"`
	BodyDigest   string    `json:"body_digest"`
	MessageID    string    `json:"message_id"`
	FirstSeen    time.Time `json:"first_seen"`
	ImportedAt   time.Time `json:"imported_at"`
	LastListed   time.Time `json:"last_listed"`
	GmailID      string    `json:"gmail_id"`
	Attempts     int       `json:"attempts"`
	Destination  string    `json:"destination"`
}

// writeRows writes a state that can be imported: the mailboxes' known
// messages went to destination a month before now. Accounts are named as their
// users are.
func writeRows(w io.Writer, destination string, now time.Time, boxes ...boxSpec) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	if err := lines.Encode(map[string]int{"popbridge_state": 1}); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	imported := now.Add(-30 * 24 * time.Hour)
	for n, box := range boxes {
		for i := range box.Known {
			id := fmt.Sprintf("%s.%d", box.User, i)
			r := stateRow{Account: box.User, UID: uidOf(i), Size: box.Size, Status: "imported",
				Digest: digestOf("whole " + id), HeaderDigest: digestOf("header " + id), BodyDigest: digestOf("body " + id),
				MessageID: "known." + id, FirstSeen: imported, ImportedAt: imported, LastListed: now,
				GmailID: fmt.Sprintf("%08x%08x", n+1, i+1), Attempts: 1, Destination: destination}
			if err := lines.Encode(r); err != nil {
				return fmt.Errorf("write rows: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
