package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestWriteRows(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	boxes := []boxSpec{{User: "a", Known: 2, New: 5, Size: 1500}, {User: "b", Known: 1, Size: 1500}}
	if err := writeRows(&out, "shop@example.org", now, boxes...); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || lines[0] != `{"popbridge_state":1}` {
		t.Fatalf("got %q", lines)
	}
	seen := map[string]bool{}
	for i, account := range []string{"a", "a", "b"} {
		var r stateRow
		if err := json.Unmarshal([]byte(lines[i+1]), &r); err != nil {
			t.Fatal(err)
		}
		if r.Account != account || r.Status != "imported" || r.Size != 1500 || !r.LastListed.Equal(now) || !r.ImportedAt.Before(now) {
			t.Errorf("row %d: %+v", i, r)
		}
		for _, unique := range []string{account + " " + r.UID, r.Digest, r.HeaderDigest, r.BodyDigest, r.MessageID, r.GmailID} {
			if seen[unique] {
				t.Errorf("row %d: %s is an earlier row's", i, unique)
			}
			seen[unique] = true
		}
	}
}
