package app

import (
	"context"
	"sync"
	"time"
)

// barsEvery is how often bars are drawn.
const barsEvery = 200 * time.Millisecond

// bars show at a terminal how each account at work gets on, and all of them
// together. Once they stop, nothing of them is left. Nil bars show nothing.
type bars struct {
	screen *screen
	slots  *slots
	// run is the context of what they show.
	run context.Context

	// mu guards what follows. Nobody is to wait for the terminal to have a
	// look at it.
	mu sync.Mutex
	// accounts are those at work, in the order of their beginning.
	accounts []*bar
	all      tally
}

// watched tells whether a person sees standard error, at a terminal that
// lines can be drawn anew on.
func (p *program) watched() bool {
	kind := p.Getenv("TERM")
	return p.StderrIsTerminal && !p.verbose && !p.logJSON &&
		kind != "dumb" && (kind != "" || p.GOOS == "windows")
}

// showBars shows bars until the returned function is called. Meanwhile what
// goes to standard error comes out above them. Nobody watching, it does
// nothing.
func (p *program) showBars(run context.Context) (stop func()) {
	if !p.watched() || !understandsEscapes(p.stderr.w) {
		return func() {}
	}
	b := newBars(run, newScreen(p.stderr.w))
	p.bars = b
	back := p.stderr.route(b.screen)
	ticker := time.NewTicker(barsEvery)
	ended, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			select {
			case now := <-ticker.C:
				b.tick(now)
			case <-ended:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(ended)
		<-over
		b.close()
		back()
		p.bars = nil
	}
}

func newBars(run context.Context, s *screen) *bars {
	return &bars{screen: s, slots: newSlots(s), run: run}
}

// among says how many accounts the run has, those that wait included.
func (b *bars) among(accounts int) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all.accounts = accounts
}

// account begins to show an account.
func (b *bars) account(name string, now time.Time) *bar {
	if b == nil {
		return nil
	}
	one := &bar{name: name, began: now}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accounts = append(b.accounts, one)
	if b.all.began.IsZero() {
		b.all.began = now
	}
	return one
}

// lend takes the bars off the screen while something else may use it, as a
// password command that asks.
func (b *bars) lend() (back func()) {
	if b == nil {
		return func() {}
	}
	b.screen.hide()
	return b.screen.show
}

// tick draws everything anew.
func (b *bars) tick(now time.Time) {
	columns, room := b.screen.measure()
	b.slots.draw(b.rows(now, columns, room), now)
}

// rows lays out no more than room rows.
func (b *bars) rows(now time.Time, columns, room int) []row {
	b.mu.Lock()
	defer b.mu.Unlock()
	run := endingOf(b.run)
	b.accounts = b.all.count(b.accounts, now)
	var last []row
	if b.all.shows(b.accounts, now) {
		room--
		last = []row{{head: b.all.line(b.accounts, now, columns, run)}}
		run = run.shortest()
	}
	seen, hidden := inRoom(b.accounts, now, room)
	if hidden != "" {
		last = append([]row{{head: hidden}}, last...)
	}
	var views []*view
	for _, one := range seen {
		views = append(views, one.view(now, run))
	}
	return append(layOut(views, columns), last...)
}

// close wipes the bars away.
func (b *bars) close() {
	b.screen.close()
	b.slots.close()
}
