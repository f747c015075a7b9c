package demo

import (
	"errors"
	"strings"
	"testing"
)

// sample is a story that ended well: two messages in Gmail, one refused.
type sample struct {
	held  []delivered
	rows  []row
	gmail map[string]string
}

func goodSample() sample {
	return sample{
		held: []delivered{
			{"office", "a", []byte("From: x\r\n\r\nfirst\r\n")},
			{"home", "a", []byte("From: x\r\n\r\nno end")},
			{"office", "bad", []byte("no From\r\n")},
		},
		rows: []row{
			{"office", "bad", "refused", ""}, {"home", "a", "imported", "2"}, {"office", "a", "imported", "1"},
		},
		gmail: map[string]string{"1": "From: x\r\n\r\nfirst\r\n", "2": "From: x\r\n\r\nno end\r\n"},
	}
}

func (s sample) audit() (int, error) {
	var ids []string
	for id := range s.gmail {
		ids = append(ids, id)
	}
	return audit(s.held, []string{"bad"}, s.rows, ids, func(id string) ([]byte, error) {
		raw, ok := s.gmail[id]
		if !ok {
			return nil, errors.New("there is no such message")
		}
		return []byte(raw), nil
	})
}

func TestAuditFindsAllIdentical(t *testing.T) {
	n, err := goodSample().audit()
	if n != 2 || err != nil {
		t.Errorf("compared %d, error %v; want 2 and none", n, err)
	}
}

func TestAuditFindsWhatDiffers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sample)
		want   string
	}{
		"a byte":     {func(s *sample) { s.gmail["1"] = "From: x\r\n\r\nfirsT\r\n" }, "a of office is not in Gmail as the mailbox held it"},
		"a line end": {func(s *sample) { s.gmail["1"] = "From: x\r\n\r\nfirst\n" }, "a of office is not in Gmail as the mailbox held it"},
		"cut":        {func(s *sample) { s.gmail["2"] = "From: x\r\n\r\nno" }, "a of home is not in Gmail as the mailbox held it"},
		"lost":       {func(s *sample) { delete(s.gmail, "2") }, "a of home is not in Gmail as a message of its own"},
		"unknown":    {func(s *sample) { s.rows = s.rows[:2] }, "a of office is not in Gmail as a message of its own"},
		"pending":    {func(s *sample) { s.rows[2].Status = "pending" }, "a of office is not in Gmail as a message of its own"},
		"folded":     {func(s *sample) { s.rows[1].GmailID = "1" }, "a of home is not in Gmail as a message of its own"},
		"swapped": {func(s *sample) { s.rows[1].GmailID, s.rows[2].GmailID = "1", "2" },
			"a of office is not in Gmail as the mailbox held it"},
		"doubled":     {func(s *sample) { s.gmail["3"] = s.gmail["1"] }, "1 message too many in Gmail"},
		"not refused": {func(s *sample) { s.rows[0].Status = "imported" }, "bad of office is not recorded as refused"},
		"no refusal":  {func(s *sample) { s.rows = s.rows[1:] }, "bad of office is not recorded as refused"},
	} {
		s := goodSample()
		c.change(&s)
		if _, err := s.audit(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestReadRows(t *testing.T) {
	rows, err := readRows([]byte("{\"popbridge_state\":1}\n" +
		`{"account":"office","uid":"a","status":"imported","gmail_id":"1","size":3}` + "\n"))
	if err != nil || len(rows) != 1 || rows[0] != (row{"office", "a", "imported", "1"}) {
		t.Errorf("rows %v, error %v", rows, err)
	}
	for _, bad := range []string{"", "popbridge: no state", "{\"popbridge_state\":1}\n{\"account\":"} {
		if _, err := readRows([]byte(bad)); err == nil {
			t.Errorf("%q was read without an error", bad)
		}
	}
}
