package main

import (
	"strings"
	"testing"
	"time"
)

func TestGrowth(t *testing.T) {
	t.Parallel()
	rows, err := newBench(t).growthOf(5, 20, 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if strings.Count(r.Popbridge, " / ") != 1 || strings.Contains(r.Popbridge+" ", " 0.000 s ") {
			t.Errorf("%s: %q", r.Name, r.Popbridge)
		}
	}
}

// grown is a mailbox that took run with a listing that took listing.
func grown(known int, run, listing time.Duration) *growing {
	u := []usage{{Wall: run}}
	return &growing{known: known, added: 100, run: u, idle: u, status: u, listing: []time.Duration{listing}}
}

func TestGrowthRatio(t *testing.T) {
	a := grown(900, 110*time.Millisecond, 10*time.Millisecond)
	for want, b := range map[string]*growing{
		"1.00": grown(9900, 1100*time.Millisecond, 100*time.Millisecond),
		"0.20": grown(9900, 300*time.Millisecond, 100*time.Millisecond),
		"5.00": grown(9900, 5100*time.Millisecond, 100*time.Millisecond),
	} {
		if got := growthRatio([]*growing{a, b}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if growthRatio([]*growing{a}) != "" || growthNote([]*growing{a}) != "" {
		t.Error("one size tells nothing of growth")
	}
	note := growthNote([]*growing{a, grown(9900, 1100*time.Millisecond, 100*time.Millisecond)})
	if !strings.Contains(note, "from 900 to 9900 100.0 µs beyond the listing and 10.0 µs for it") {
		t.Error(note)
	}
}
