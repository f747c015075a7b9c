package app

import (
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

// barsAt are bars on a terminal, drawn when the test wants it.
type barsAt struct {
	*bars
	t        *testing.T
	terminal *Terminal
	now      time.Time
}

func startBars(t *testing.T, columns, rows int) *barsAt {
	terminal := NewTerminal(columns, rows)
	s := newScreen(terminal)
	s.size = func() (int, int) { return terminal.columns, terminal.rows }
	return &barsAt{newBars(t.Context(), s), t, terminal, time.Unix(0, 0)}
}

// after draws what there is after so long.
func (b *barsAt) after(d time.Duration) {
	b.now = b.now.Add(d)
	b.tick(b.now)
}

func (b *barsAt) await(pattern string) {
	b.t.Helper()
	if !b.terminal.Await(pattern) {
		b.t.Fatalf("the terminal never showed %q but\n%s", pattern, b.terminal.Text())
	}
}

func (b *barsAt) expectNothing() {
	b.t.Helper()
	if n := b.terminal.Octets(); n > 0 {
		b.t.Fatalf("the terminal got %d octets:\n%s", n, b.terminal.Text())
	}
}

func backlog(done int) bridge.Progress {
	return bridge.Progress{Doing: bridge.AwaitingQuota, Wanted: 1000, WantedOctets: 10e6,
		Fetched: 1000, FetchedOctets: 10e6, Done: done, DoneOctets: int64(done) * 10e3}
}

func TestBarSaysAllThereIs(t *testing.T) {
	for columns, want := range map[int]string{
		100: `shop   220/1,000 \[=>------\] 2\.2 MB of 10 MB, 240/min, 3m15s left, waiting for Gmail's quota`,
		80:  `shop   220/1,000 \[>-----\] 240/min, 3m15s left, waiting for Gmail's quota`,
		70:  `shop   220/1,000 \[>----\] 240/min, 3m15s left, Gmail's quota`,
		40:  `shop   220/1,000 3m15s left, quota`,
		34:  `shop   220/1,000 3m15s, quota`,
	} {
		b := startBars(t, columns, 24)
		shop := b.account("shop", b.now)
		for i := range 31 {
			shop.tell(backlog(100 + 4*i))
			b.after(time.Second)
		}
		b.await(`(?m)^` + want + `$`)
		b.close()
	}
}

func TestBarSaysWhatIsFetched(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	b.account("shop", b.now).tell(bridge.Progress{Doing: bridge.Fetching, Wanted: 3, WantedOctets: 9e6, FetchedOctets: 34e5})
	b.after(barSoon)
	b.await(`(?m)^shop 0/3 \[-+\] 3\.4 MB, fetching$`)
}

func TestBarOfWhatIsOverSoonDoesNotFlash(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	idle, busy := b.account("idle", b.now), b.account("busy", b.now)
	idle.tell(bridge.Progress{Doing: bridge.Listing})
	busy.tell(backlog(10))
	b.after(barSoon - 1)
	idle.tell(bridge.Progress{})
	b.after(0)
	busy.end()
	b.after(barLate - barSoon)
	idle.end()
	b.after(barLate)
	b.expectNothing()
}

func TestBarOfSlowAccountSaysWhatItWaitsFor(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	b.account("shop", b.now).tell(bridge.Progress{Doing: bridge.Locked})
	b.after(barLate - 1)
	b.expectNothing()
	b.after(1)
	b.await(`(?m)^shop +\[-+\] waiting for the mailbox \(locked\)$`)
}

// No line may wrap: the next frame would not find all of this one.
func TestBarsFitEveryWidth(t *testing.T) {
	for _, columns := range []int{2, 10, 20, 39, 40, 60, 80, 81, 132, 500} {
		b := startBars(t, columns, 24)
		names := []string{"a", "shop", strings.Repeat("long-name-", 7)[:64]}
		for _, name := range names {
			b.account(name, b.now).tell(backlog(999))
		}
		for range 5 {
			b.after(time.Second)
		}
		b.await(`\n.*\n`)
		for _, line := range strings.Split(b.terminal.Text(), "\n") {
			if len(line) >= columns || columns >= 40 && !strings.Contains(line, "999/1,000") && !strings.HasPrefix(line, "0") {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
		b.close()
		if text := b.terminal.Text(); text != "" || b.terminal.scrolled > 0 {
			t.Errorf("%d columns: it leaves %q, and %d lines scrolled away", columns, text, b.terminal.scrolled)
		}
	}
}

func TestBarGoesWithItsAccount(t *testing.T) {
	b := startBars(t, 80, 24)
	one, two := b.account("one", b.now), b.account("two", b.now)
	one.tell(backlog(1))
	two.tell(backlog(2))
	b.after(barSoon)
	b.await("one.*\ntwo")
	one.end()
	b.after(0)
	b.await("(?s)^two[^\n]*$")
	two.end()
	b.after(0)
	b.await("^$")
	before := b.terminal.Octets()
	b.after(time.Second)
	b.close()
	if after := b.terminal.Octets(); after != before {
		t.Errorf("without a bar it writes %d octets", after-before)
	}
}

func TestComplaintsStandAboveBarsWhole(t *testing.T) {
	b := startBars(t, 80, 24)
	p := &program{World: World{}, stderr: &serial{w: b.terminal}}
	p.Stderr = p.stderr
	back := p.stderr.route(b.screen)
	p.complain("first", "before any bar", "")
	b.account("one", b.now).tell(backlog(1))
	b.account("two", b.now).tell(backlog(2))
	b.after(barSoon)
	b.await("two")
	long := strings.Repeat("long ", 40)
	p.complain("one", long, "mend it")
	b.terminal.Type("^C")
	p.complain("two", "another", "")
	b.after(0)
	want := "popbridge: first: before any bar\npopbridge: one: " + long + "\nhint: mend it\npopbridge: two: another"
	got := b.terminal.Text()
	head, tail, _ := strings.Cut(got, "\none ")
	if unwrapped(head) != unwrapped(want) || !strings.HasPrefix(tail, "    1/1,000") || !strings.Contains(tail, "\ntwo     2/1,000") {
		t.Errorf("the terminal shows\n%s", got)
	}
	b.terminal.Type("x")
	b.close()
	back()
	p.complain("last", "after", "")
	if got := unwrapped(b.terminal.Text()); got != unwrapped(want+"popbridge: last: after") || b.terminal.Column() != 0 {
		t.Errorf("it leaves\n%s", b.terminal.Text())
	}
}

// unwrapped makes texts comparable whose lines a terminal has wrapped.
func unwrapped(s string) string { return strings.Join(strings.Fields(s), "") }

func TestNothingIsDrawnWhileTheTerminalIsLent(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	one := b.account("one", b.now)
	one.tell(backlog(1))
	b.after(barSoon)
	b.await("1/1,000")
	back, back2 := b.lend(), b.lend()
	if text := b.terminal.Text(); text != "" {
		t.Fatalf("it shows %q", text)
	}
	before := b.terminal.Octets()
	one.tell(backlog(7))
	b.after(time.Second)
	back()
	b.after(time.Second)
	if after := b.terminal.Octets(); after != before {
		t.Errorf("it wrote %d octets meanwhile", after-before)
	}
	back2()
	b.await("7/1,000")
}

func TestBarsAreForAPersonWhoWatches(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*program)
		want   bool
	}{
		{"a terminal", func(*program) {}, true},
		{"no terminal", func(p *program) { p.StderrIsTerminal = false }, false},
		{"results go elsewhere", func(p *program) { p.StdoutIsTerminal = false }, true},
		{"--verbose", func(p *program) { p.verbose = true }, false},
		{"--log-format json", func(p *program) { p.logJSON = true }, false},
		{"TERM=dumb", func(p *program) { p.Getenv = func(string) string { return "dumb" } }, false},
		{"no TERM", func(p *program) { p.Getenv = func(string) string { return "" } }, false},
		{"Windows, which knows no TERM", func(p *program) { p.GOOS, p.Getenv = "windows", func(string) string { return "" } }, true},
	} {
		p := &program{World: World{StderrIsTerminal: true, StdoutIsTerminal: true, GOOS: "linux",
			Getenv: func(key string) string { return map[string]string{"TERM": "xterm"}[key] }}}
		c.change(p)
		if got := p.watched(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
