package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// holding is how long a run had the mailbox.
type holding struct {
	held, wall         time.Duration
	sessions, imported int
	exit               int
}

// share is the part of the run, of 1.
func (h holding) share() float64 { return h.held.Seconds() / h.wall.Seconds() }

// lockedRation is what a mailbox's lock is measured with.
func lockedRation() ration {
	return ration{messages: 200, allowed: gmailQuota, configured: gmailQuota, latency: gmailLatency, within: 10 * time.Minute}
}

// locked tells for how much of a run under the quota no other device gets at
// the mailbox, as the servers see it.
func (b *bench) locked() ([]row, error) {
	r := lockedRation()
	var rows []row
	for _, of := range []struct {
		name string
		hold func(ration) (holding, error)
	}{
		{"locked, pop3test", b.holdProvider},
		{"locked, Dovecot", b.holdDovecot},
	} {
		all, err := b.holdings(of.name, r, of.hold)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", of.name, err)
		}
		rows = append(rows, lockedRow(of.name, r, all))
	}
	return rows, nil
}

// holdings measures as often as is wanted.
func (b *bench) holdings(name string, r ration, hold func(ration) (holding, error)) (all []holding, err error) {
	for range b.quotaReps {
		h, err := hold(r)
		if err != nil {
			return nil, err
		}
		b.logf("%s: %.1f %%, %s", name, 100*h.share(), h.note(r))
		all = append(all, h)
	}
	return all, nil
}

// lockedRow shows the median run, or one that failed.
func lockedRow(name string, r ration, all []holding) row {
	all = slices.SortedFunc(slices.Values(all), func(a, b holding) int { return cmp.Compare(a.share(), b.share()) })
	shown := all[(len(all)-1)/2]
	for _, h := range all {
		if h.imported != r.messages || h.exit != 0 {
			shown = h
		}
	}
	return row{Name: name,
		Measured: fmt.Sprintf("%d messages of 10 KB, 40 ms round trip, Gmail answers in %s and allows %d units a minute: part of the run between PASS's +OK and QUIT's",
			r.messages, milliseconds(r.latency), r.allowed),
		Popbridge: fmt.Sprintf("%.1f %%", 100*shown.share()), Others: "the aim is under 10 %",
		Note: shown.note(r) + ofRuns(len(all))}
}

func (h holding) note(r ration) string {
	text := fmt.Sprintf("%s of %s in %s", seconds(h.held), seconds(h.wall), sessionsOf(h.sessions))
	if h.imported != r.messages || h.exit != 0 {
		return text + fmt.Sprintf("; FAILED: %d of %d imported, exit %d", h.imported, r.messages, h.exit)
	}
	return text + fmt.Sprintf("; all %d imported, exit 0", h.imported)
}

func sessionsOf(n int) string {
	if n == 1 {
		return "one session"
	}
	return fmt.Sprintf("%d sessions", n)
}

// holdProvider measures by pop3test's own count.
func (b *bench) holdProvider(r ration) (h holding, err error) {
	p, err := startProvider(b.ctx, providerSpec{Lock: true, Boxes: []boxSpec{{User: postUser, New: r.messages, Size: 10_000}}})
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	far, err := startRelay(p.addr(), farAway)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, far.Close()) }()
	a := p.account(postUser)
	a.Addr = far.Addr()
	if h, err = b.hold(r, a); err != nil {
		return h, err
	}
	costs, err := p.costs(b.ctx)
	h.held, h.sessions = costs.LockedFor, costs.Sessions
	return h, err
}

// holdDovecot measures by Dovecot's log.
func (b *bench) holdDovecot(r ration) (h holding, err error) {
	p, err := b.openPost(farAway, []batch{{r.messages, 10_000}})
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	begin := time.Now() // the mailbox was read before
	if h, err = b.hold(r, p.account()); err != nil {
		return h, err
	}
	h.held, h.sessions, err = awaitDovecot(p.server.LogPath(), begin)
	return h, err
}

// hold has a fresh popbridge bring the mailbox.
func (b *bench) hold(r ration, a account) (h holding, err error) {
	way, err := b.openRoute(gmailOptions{UnitsPerMinute: r.allowed, Latency: r.latency}, r.configured, a)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, way.close()) }()
	u, err := b.patiently(way, r.within)
	if err != nil {
		return h, err
	}
	stats, err := way.gmail.Stats(b.ctx)
	return holding{wall: u.Wall, exit: u.Exit, imported: stats.Messages}, err
}
