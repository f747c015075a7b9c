package app_test

import (
	"strings"
	"testing"
)

// What Gmail didn't have is no mail that the account had: a host corrected
// right after is none of another mailbox.
func TestHostCorrectedAfterAdopt(t *testing.T) {
	h := newVerifying(t)
	fill(h.account("shop"), 3)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.tables[0] = strings.Replace(h.tables[0], `host = "127.0.0.1"`, "host = \"localhost\"\nserver_name = \"127.0.0.1\"", 1)
	h.configure()
	h.expect(0, "run")
	h.expectInGmail(3)
}

// Messages without UIDs are saved under the names that a run shows.
func TestSaveKnowsTheNamesOfARun(t *testing.T) {
	h := newVerifying(t, func(s *setup) { s.pop.NoUIDL = true })
	box := h.account("shop", `retention = "0"`)
	same := mail("m", "x\r\n")
	box.Add("a", same)
	box.Add("b", same)
	h.arrive(same)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expect(0, "run")
	h.expect(0, "run", "--dry-run", "--json")
	_, rest, _ := strings.Cut(h.out.String(), `"uid":"`)
	uid, _, found := strings.Cut(rest, `"`)
	if !found || !strings.HasSuffix(uid, ":2") {
		t.Fatalf("the run shows %q", uid)
	}
	h.expect(0, "save", "shop", uid)
	if h.out.String() != string(same) {
		t.Errorf("saved %q", h.out.String())
	}
}
