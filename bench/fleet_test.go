package main

import (
	"strings"
	"testing"
)

func TestFleet(t *testing.T) {
	t.Parallel()
	rows, err := newBench(t).fleetOf(5, 4, 16, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Name != "fleet, 16 jobs" || rows[1].Name != "fleet, 2 jobs" {
		t.Fatalf("got %+v", rows)
	}
	for _, r := range rows {
		if !strings.Contains(r.Note, "UIDL USER") || strings.Contains(r.Note, "RETR") || strings.Contains(r.Note, " 0.0 ") {
			t.Errorf("%s: %s", r.Name, r.Note)
		}
	}
}

func TestCostsPerSession(t *testing.T) {
	c := providerCosts{Sessions: 4, Commands: 30, RoundTrips: 12, Verbs: map[string]int{"UIDL": 4, "CAPA": 26}}
	if got := c.perSession(); got != "7.5 commands (CAPA UIDL) in 3.0 round trips, those of TCP and TLS left out" {
		t.Error(got)
	}
}
