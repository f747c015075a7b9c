package main

import (
	"strings"
	"testing"
	"time"
)

// smallRation takes about a second.
var smallRation = ration{messages: 20, allowed: 24_000, configured: 24_000, latency: 10 * time.Millisecond, within: time.Minute}

func TestQuota(t *testing.T) {
	t.Parallel()
	c, err := newBench(t).consume(smallRation)
	skipIfMissing(t, err)
	if err != nil {
		t.Fatal(err)
	}
	// What rate a busy machine reaches is not for a test to say.
	if c.Imported != 20 || c.Exit != 0 || c.TooMany != 0 || c.PerMinute <= 0 || c.Gap <= 0 {
		t.Errorf("got %+v", c)
	}
}

func TestQuotaTellsOfARunThatFails(t *testing.T) {
	t.Parallel()
	r := smallRation
	r.allowed = 24 // less than one import
	r.within = 2 * time.Second
	rows, err := newBench(t).rationed("quota", r)
	skipIfMissing(t, err)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || !strings.Contains(rows[0].Note, "FAILED: 0 of 20 imported, exit -1: it said nothing") {
		t.Errorf("got %+v", rows)
	}
}

func TestRationJudges(t *testing.T) {
	begin := time.Now()
	acks := append(evenly(begin, 60, 500*time.Millisecond), evenly(begin.Add(time.Minute), 31, time.Second)...)
	c := smallRation.judge(usage{Stderr: []byte(" a\nword ")}, gmailStats{Acknowledged: acks, Messages: 91, TooMany: 7})
	if c.Later != 60 || c.PerMinute != 60 || c.TooMany != 7 || c.Said != "a word" {
		t.Errorf("got %+v", c)
	}
}

func TestQuotaRowShowsTheMedianRateAndTheWorst(t *testing.T) {
	r := ration{messages: 10, allowed: 6000, configured: 6000}
	good := func(rate float64) consumed { return consumed{pacing: pacing{PerMinute: rate}, Imported: 10} }
	made := r.row("quota", []consumed{good(200), good(240), good(220)})
	if made.Popbridge != "220.0" || made.Ratio != "0.917" || !strings.Contains(made.Note, "429 0 times") ||
		!strings.Contains(made.Note, "all 10 imported, exit 0; median of 3 runs") {
		t.Errorf("all is well: %+v", made)
	}
	bad := good(210)
	bad.TooMany, bad.Imported, bad.Exit, bad.Said = 3, 9, 75, "why"
	made = r.row("quota", []consumed{good(200), bad, good(220), good(230)})
	if !strings.Contains(made.Note, "429 3 times") || !strings.Contains(made.Note, "FAILED: 9 of 10 imported, exit 75: why") {
		t.Errorf("one went wrong: %+v", made)
	}
}
