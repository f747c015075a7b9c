package app

import (
	"regexp"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

// Which parts a row has depends on nothing that changes from frame to frame.
func TestPartsOfARowStay(t *testing.T) {
	parts := regexp.MustCompile(`^shop +[\d,]+/1,000 \[[=>-]+\] [\d.,]+/min, \S+ left, (waiting for Gmail's quota|importing)$`)
	b := startBars(t, 80, 24)
	defer b.close()
	shop := b.account("shop", b.now)
	for i := range 900 {
		p := backlog(i + 1)
		if i%3 > 0 {
			p.Doing = bridge.Importing
		}
		shop.tell(p)
		b.after(barsEvery * time.Duration(1+i/200*40))
		if got := b.last(); b.now.Unix() > 3 && !parts.MatchString(got) {
			t.Fatalf("it shows %q", got)
		}
	}
}

// What changes several times a second can't be read.
func TestRowSaysWhatGoesOnForASecond(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	shop := b.account("shop", b.now)
	changes, before := 0, bridge.Activity("")
	for i := range 100 {
		p := backlog(i)
		p.Doing = []bridge.Activity{bridge.Importing, bridge.AwaitingTurn, bridge.AwaitingQuota}[i%3]
		shop.tell(p)
		b.after(barsEvery)
		if shop.doing != before {
			changes++
		}
		before = shop.doing
	}
	if most := int(100 * barsEvery / barCalm); changes > most+1 {
		t.Errorf("it changed %d times, want %d", changes, most)
	}
}

func TestActivitiesHaveShortForms(t *testing.T) {
	for _, doing := range []bridge.Activity{bridge.Connecting, bridge.Locked, bridge.Listing, bridge.Deleting, bridge.Fetching,
		bridge.Importing, bridge.AwaitingRoom, bridge.AwaitingTurn, bridge.AwaitingQuota, bridge.AwaitingRetry} {
		for _, pause := range []time.Duration{0, 90 * time.Second} {
			words := doingWords(doing, pause)
			if shortest := words[len(words)-1]; shortest == "" || len(shortest) > len(bridge.Connecting) {
				t.Errorf("%s is %q where it is narrow", doing, shortest)
			}
		}
	}
}

// Where octets have no room of their own, one large message would seem to
// stand still.
func TestFetchingShowsOctetsWhereverTheyFit(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	shop := b.account("a-rather-long-name", b.now)
	p := bridge.Progress{Doing: bridge.Fetching, Wanted: 1000, WantedOctets: 1 << 30, FetchedOctets: 123_000_000}
	for range 5 {
		shop.tell(p)
		b.after(barsEvery)
	}
	if got := b.last(); !regexp.MustCompile(`fetching 123 MB$`).MatchString(got) {
		t.Errorf("it shows %q", got)
	}
}
