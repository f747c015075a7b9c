package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// row is what is read of a line of popbridge state export.
type row struct {
	Account string `json:"account"`
	UID     string `json:"uid"`
	Status  string `json:"status"`
	GmailID string `json:"gmail_id"`
}

// readRows reads an export, past its first line, which tells the version.
func readRows(export []byte) (rows []row, err error) {
	d := json.NewDecoder(bytes.NewReader(export))
	var version json.RawMessage
	if err := d.Decode(&version); err != nil {
		return nil, fmt.Errorf("read the exported state: %w", err)
	}
	for {
		var r row
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the exported state: %w", err)
		}
		rows = append(rows, r)
	}
}

// audit holds what Gmail has, read back by the ids that it acknowledged with,
// against what the mailboxes held. All must be there but the messages whose
// UIDs are refused, and nothing else. It gives the number compared.
func audit(held []delivered, refused []string, rows []row, ids []string, read func(id string) ([]byte, error)) (compared int, err error) {
	unclaimed := map[string]bool{}
	for _, id := range ids {
		unclaimed[id] = true
	}
	for _, d := range held {
		at := slices.IndexFunc(rows, func(r row) bool { return r.Account == d.account && r.UID == d.uid })
		if slices.Contains(refused, d.uid) {
			if at < 0 || rows[at].Status != "refused" || rows[at].GmailID != "" {
				return compared, fmt.Errorf("%s of %s is not recorded as refused", d.uid, d.account)
			}
			continue
		}
		if at < 0 || rows[at].Status != "imported" || !unclaimed[rows[at].GmailID] {
			return compared, fmt.Errorf("%s of %s is not in Gmail as a message of its own", d.uid, d.account)
		}
		delete(unclaimed, rows[at].GmailID)
		got, err := read(rows[at].GmailID)
		if err != nil {
			return compared, fmt.Errorf("read %s of %s back: %w", d.uid, d.account, err)
		}
		if !bytes.Equal(got, d.sent()) {
			return compared, fmt.Errorf("%s of %s is not in Gmail as the mailbox held it", d.uid, d.account)
		}
		compared++
	}
	if len(unclaimed) > 0 {
		return compared, fmt.Errorf("%s too many in Gmail", counted(len(unclaimed), "message"))
	}
	return compared, nil
}

// stored reads a message back from the stand-in.
func (st *stage) stored(id string) (raw []byte, err error) {
	r, err := st.gmail.Raw(address, id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}

// gmailIDs are the ids of all mail that the stand-in has, popbridge's own
// notices apart.
func (st *stage) gmailIDs() (ids []string) {
	for _, m := range st.gmail.Messages(address) {
		if !isNotice(m) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// notices gives what the notices in Gmail begin with: up to the reason.
func (s *show) notices() (lines []string) {
	for _, m := range s.gmail.Messages(address) {
		if !isNotice(m) {
			continue
		}
		raw, err := s.stored(m.ID)
		if err != nil {
			s.failf("read a notice: %w", err)
		}
		_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		if err != nil {
			s.failf("read a notice: %w", err)
		}
		story, _, _ := bytes.Cut(text, []byte("\r\n\r\nIt is unharmed"))
		lines = append(lines, strings.Split(string(story), "\r\n")...)
	}
	s.check(len(lines) > 0, "there is no notice")
	return lines
}

func isNotice(m gmailtest.Message) bool { return strings.HasSuffix(m.MessageID, "@popbridge.invalid>") }
