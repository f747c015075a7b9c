package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"

	"github.com/popbridge/popbridge/internal/bridge"
)

const (
	// barsEvery is how often bars are drawn.
	barsEvery = 200 * time.Millisecond
	// An account with something to do has a bar after barSoon, one without
	// after barLate: what is over in a moment must not flash.
	barSoon = 400 * time.Millisecond
	barLate = 1200 * time.Millisecond
)

// bars show at a terminal how each account at work gets on. Once they stop,
// nothing of them is left. Nil bars show nothing.
type bars struct {
	screen *screen
	// run is the context of what they show.
	run context.Context
	// drawing draws what is shown, at each refresh, until it is gone. It
	// begins with the first bar.
	drawing *mpb.Progress
	refresh chan any
	gone    chan any

	mu sync.Mutex
	// accounts are those at work, in the order of their beginning. Nobody is
	// to wait for the terminal to have a look at them.
	accounts []*bar
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
	return &bars{screen: s, run: run, refresh: make(chan any), gone: make(chan any)}
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
	columns := b.screen.measure()
	draws, shown := 1, false
	for _, one := range b.atWork() {
		p, ended := one.now()
		if !ended {
			b.update(one, p, now, columns)
		} else if one.shown != nil {
			one.shown.Abort(true)
			draws = 3 // an mpb bar that ended goes with the third
		}
		shown = shown || one.shown != nil
	}
	for ; shown && draws > 0; draws-- {
		b.draw(now)
	}
}

// atWork gives the accounts at work, and for the last time those that ended.
func (b *bars) atWork() []*bar {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Clone(b.accounts)
	b.accounts = slices.DeleteFunc(b.accounts, func(one *bar) bool {
		_, ended := one.now()
		return ended
	})
	return all
}

func (b *bars) update(one *bar, p bridge.Progress, now time.Time, columns int) {
	one.speed.note(now, p.Done)
	v := &view{Progress: p, name: one.name, columns: columns}
	v.perMinute, v.left = one.speed.estimate(now, p.Done, p.Wanted)
	if b.run.Err() != nil {
		v.Doing = ending
	}
	one.view.Store(v)
	age := now.Sub(one.began)
	if one.shown == nil && (age >= barLate || age >= barSoon && p.Wanted > 0) {
		b.add(one)
	}
	if one.shown != nil {
		one.shown.SetTotal(int64(p.Wanted), false)
		one.shown.SetCurrent(int64(p.Done))
	}
}

func (b *bars) add(one *bar) {
	if b.drawing == nil {
		b.drawing = mpb.New(mpb.WithOutput(frames{b.screen}), mpb.WithWidth(canvas),
			mpb.WithManualRefresh(b.refresh), mpb.WithShutdownNotifier(b.gone))
	}
	one.shown, _ = b.drawing.Add(0, mpb.BarStyle().Build(), line(one.view.Load)...)
}

func (b *bars) draw(now time.Time) {
	select {
	case b.refresh <- now:
	case <-b.gone:
	}
}

// close wipes the bars away.
func (b *bars) close() {
	b.screen.close()
	if b.drawing != nil {
		b.drawing.Shutdown()
	}
}
