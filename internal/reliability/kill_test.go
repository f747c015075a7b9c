package reliability_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	_ "github.com/popbridge/popbridge/internal/app" // most of the program: go test must not take an old result for its
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// ordinaryKills is how many there are unless more are asked for.
const ordinaryKills = 500

// killWorlds are the worlds that processes are killed in.
func killWorlds() []killSetup {
	lagging := gmailtest.Options{IndexLag: time.Minute}
	all := append(slices.Clone(popEvents), gmailEvents...)
	return []killSetup{
		{name: "verify without folding", share: 42, verify: true, gmail: lagging, open: openPOP, events: all},
		{name: "insert with folding", share: 42, gmail: gmailtest.Options{Fold: true}, open: openPOP, events: all},
		{name: "Dovecot with verify", share: 16, verify: true, gmail: lagging, open: openDovecot, events: gmailEvents},
	}
}

// openPOP is five mailboxes on two servers, with all ways of retention.
func openPOP(w *killWorld) []*killAccount {
	return append(
		w.serve(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true}, "",
			&killAccount{name: "atonce", keys: `retention = "0"`},
			&killAccount{name: "minutes", keys: `retention = "10m"`},
			&killAccount{name: "never", shared: true}),
		w.serve(pop3test.Options{TLS: pop3test.STLS, NoTOP: true}, `tls = "starttls"`,
			&killAccount{name: "few", keys: `keep_messages = 6`},
			&killAccount{name: "notop", keys: `retention = "0"`})...)
}

// TestKilledAtAnyInstant kills runs at any moment, over and over, while mail
// comes in, and lets popbridge settle once at the end.
//
// POPBRIDGE_KILLS is how many kills it takes, POPBRIDGE_KILLS_SEED repeats
// what one test did, as far as the clock lets it.
func TestKilledAtAnyInstant(t *testing.T) {
	kills := fromEnvironment(t, "POPBRIDGE_KILLS", ordinaryKills)
	seed := fromEnvironment(t, "POPBRIDGE_KILLS_SEED", time.Now().UnixNano())
	t.Logf("%d kills, POPBRIDGE_KILLS_SEED=%d", kills, seed)
	began := time.Now()
	var all killFigures
	t.Cleanup(func() {
		all.took = time.Since(began)
		t.Logf("in all: %s", &all)
	})
	// Many kills are dealt out to several worlds of a kind: in one that had
	// seen thousands, most of the time would go into reading its state.
	rounds := 1 + int(kills-1)/ordinaryKills
	for i := range rounds * len(killWorlds()) {
		s, round := killWorlds()[i/rounds], i%rounds
		t.Run(fmt.Sprintf("%s %d", s.name, round+1), func(t *testing.T) {
			t.Parallel()
			w := newKillWorld(t, s, seed+int64(round))
			w.killOverAndOver(int(kills) * s.share / 100 / rounds)
			w.settle()
			w.audit()
			w.figures.took = time.Since(began)
			t.Logf("%s", &w.figures)
			all.add(&w.figures)
		})
	}
}

func fromEnvironment(t *testing.T, name string, usual int64) int64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func (w *killWorld) killOverAndOver(kills int) {
	w.t.Helper()
	for w.figures.kills < kills {
		w.happen()
		w.run(setTrap(w.random, w.usual, w.events))
		if w.t.Failed() {
			w.t.FailNow()
		}
	}
}

// audit is the last look: each message is in Gmail octet for octet as often as
// it was sent, and more often only where nobody could know better.
func (w *killWorld) audit() {
	w.t.Helper()
	copies := map[[32]byte]int{}
	for _, digest := range w.stored {
		copies[digest]++
	}
	for _, m := range w.mail {
		w.figures.messages += m.sent
		surplus := copies[m.digest] - m.sent
		allowed := 0
		if surplus < 0 && copies[m.digest] > 0 && -surplus <= m.unrecorded {
			// The record of each of so many deletions was lost to a kill: one
			// that is identical to the deleted one is taken for it.
			w.figures.merged -= surplus
			surplus = 0
		}
		switch {
		case m.messageID == "":
			allowed = m.orphans
			w.figures.doublesBare += max(surplus, 0)
		case m.shared && !w.verify:
			allowed = m.orphans
			w.figures.doublesShared += max(surplus, 0)
		}
		if surplus < 0 || surplus > allowed {
			w.t.Errorf("Gmail has a message %d times, it was sent %d times; unrecorded at a kill were %d copies and %d deletions:\n%.300s",
				copies[m.digest], m.sent, m.orphans, m.unrecorded, m.raw)
		}
	}
	w.auditProviders()
}

// auditProviders looks whether retention was kept after all.
func (w *killWorld) auditProviders() {
	w.t.Helper()
	for _, a := range w.accounts {
		total := 0
		for _, n := range a.box.present() {
			total += n
		}
		switch {
		case a.name == "never" && total == 0, a.name == "few" && total > 6,
			a.name != "never" && a.name != "few" && total > 0:
			w.t.Errorf("%s has %d messages at the end", a.name, total)
		}
	}
}
