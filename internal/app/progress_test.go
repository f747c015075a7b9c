package app_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// progress is what a run told of each account.
type progress struct {
	t    *testing.T
	mu   sync.Mutex
	told map[string][]bridge.Progress
}

func follow(h *harness) *progress {
	p := &progress{t: h.t, told: map[string][]bridge.Progress{}}
	h.progress = func(account string, now bridge.Progress) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.told[account] = append(p.told[account], now)
	}
	return p
}

// expect checks that what was told of an account only ever grew, and how it
// ended; that is forgotten then.
func (p *progress) expect(account string, want bridge.Progress) {
	p.t.Helper()
	all := p.told[account]
	clear(p.told)
	if len(all) == 0 {
		p.t.Fatalf("nothing was told of %s", account)
	}
	for i, now := range all {
		if now.Done > now.Fetched || now.Fetched > now.Wanted || now.DoneOctets > now.FetchedOctets {
			p.t.Errorf("more is done than there is: %+v", now)
		}
		if i > 0 && (now.Done < all[i-1].Done || now.Fetched < all[i-1].Fetched) {
			p.t.Errorf("it goes back from %+v to %+v", all[i-1], now)
		}
	}
	if got := all[len(all)-1]; got != want {
		p.t.Errorf("%s ends with %+v, want %+v", account, got, want)
	}
}

func (p *progress) said(account string, what bridge.Activity) (n int) {
	for i, now := range p.told[account] {
		if now.Doing == what && (i == 0 || p.told[account][i-1].Doing != what) {
			n++
		}
	}
	return n
}

// all is the progress of a run that did n messages of so many octets in all.
func all(n int, octets int64) bridge.Progress {
	return bridge.Progress{Wanted: n, WantedOctets: octets, Fetched: n, FetchedOctets: octets, Done: n, DoneOctets: octets}
}

// sizeOf is what LIST says of a mailbox's messages.
func sizeOf(box *pop3test.Mailbox, uids ...string) (octets int64) {
	for _, m := range box.Messages() {
		if len(uids) == 0 || strings.Contains(" "+strings.Join(uids, " ")+" ", " "+m.UID+" ") {
			octets += int64(len(m.Raw))
		}
	}
	return octets
}

func TestProgressWithALimit(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	p := follow(h)
	h.expect(0, "run", "--limit", "2")
	p.expect("shop", all(2, sizeOf(box, "uid0", "uid1")))
	h.expect(0, "run")
	for _, a := range []bridge.Activity{bridge.Connecting, bridge.Listing, bridge.Fetching} {
		if n := p.said("shop", a); n != 1 {
			t.Errorf("%q was told %d times", a, n)
		}
	}
	p.expect("shop", all(3, sizeOf(box, "uid2", "uid3", "uid4")))
	h.expect(0, "run")
	p.expect("shop", bridge.Progress{})
}

func TestProgressOfRefusedRetriedAndFailed(t *testing.T) {
	h := newHarness(t)
	h.backoff = func(int, time.Duration, float64) time.Duration { return 50 * time.Millisecond }
	box := h.account("shop")
	fill(box, 5)
	h.setPOPFault(strike("RETR", "uid3", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR not now\r\n")}))
	h.gmail.SetFault(gmailtest.Either(
		gmailtest.OnMessage("<m1@example.com>", gmailtest.StageCommit, gmailtest.Refuse(400, "invalidArgument", "Invalid From header")),
		gmailtest.Once(gmailtest.KindImport, gmailtest.StageBefore, gmailtest.RateLimited(""))))
	p := follow(h)
	h.expect(69, "run")
	if n := p.said("shop", bridge.AwaitingRetry); n == 0 {
		t.Error("it never said that it waits")
	}
	want := all(5, sizeOf(box))
	want.Done, want.DoneOctets = 4, want.DoneOctets-sizeOf(box, "uid3")
	p.expect("shop", want)
	h.setPOPFault(nil)
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	p.expect("shop", all(1, sizeOf(box, "uid3")))
}

func TestProgressOverSeveralSessions(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fillTheSpool(box)
	letGo := holdImports(h, 0)
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "QUIT" {
			letGo()
		}
		return pop3test.Fault{}
	})
	p := follow(h)
	h.expect(0, "run")
	if n := p.said("shop", bridge.Listing); n < 2 {
		t.Errorf("%d sessions", n)
	}
	p.expect("shop", all(moreThanTheSpool, sizeOf(box)))
}

// What a broken session brought of a message doesn't count.
func TestProgressAfterABrokenSession(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	box.Add("large", mail("large", strings.Repeat(strings.Repeat("0123456789", 7)+"\r\n", 50_000)))
	box.Add("next", mail("next", "x\r\n"))
	broken := false
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command != "RETR" || e.UID != "large" || broken {
			return pop3test.Fault{}
		}
		broken = true
		return pop3test.Fault{Kind: pop3test.Cut, N: 2 << 20}
	})
	p := follow(h)
	h.expect(0, "run")
	coming := false
	for _, now := range p.told["shop"] {
		coming = coming || now.Fetched == 0 && now.FetchedOctets >= 1<<20
	}
	if !coming {
		t.Error("the octets of a large message were told of only at its end")
	}
	p.expect("shop", all(2, sizeOf(box)))
}

// A message under a new UID proves to be recorded before; nothing is imported.
func TestProgressOfMessagesUnderNewUIDs(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoTOP = true })
	box := h.account("shop")
	fill(box, 3)
	h.expect(0, "run")
	box.RenumberAll(func(_ int, uid string) string { return "new" + uid })
	p := follow(h)
	h.expect(0, "run")
	h.expectInGmail(3)
	p.expect("shop", all(3, sizeOf(box)))
}

func TestProgressSaysWhatItWaitsFor(t *testing.T) {
	h := newHarness(t)
	h.gmailExtra = "units_per_minute = 30000" // 50 ms each
	box := h.account("shop")
	fill(box, 10)
	locked := 1
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "PASS" && locked > 0 {
			locked--
			return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] locked\r\n"), Close: true}
		}
		return pop3test.Fault{}
	})
	p := follow(h)
	h.expect(0, "run")
	if p.said("shop", bridge.Locked) != 1 || p.said("shop", bridge.AwaitingQuota) == 0 {
		t.Errorf("it told of %+v", p.told["shop"])
	}
	p.expect("shop", all(10, sizeOf(box)))
}
