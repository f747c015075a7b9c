package app

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// expectCalm checks that the frames drawn while a function runs scroll nothing
// away and copy nothing to a terminal's history.
func (b *barsAt) expectCalm(while func()) {
	b.t.Helper()
	scrolled, wiped := b.terminal.scrolled, b.terminal.wiped
	while()
	if b.terminal.scrolled != scrolled || b.terminal.wiped != wiped {
		b.t.Errorf("%d lines scrolled away, the screen was wiped %d times",
			b.terminal.scrolled-scrolled, b.terminal.wiped-wiped)
	}
}

// fleet begins so many accounts.
func (b *barsAt) fleet(n int) (all []*bar) {
	for i := range n {
		one := b.account(fmt.Sprintf("shop%02d", i), b.now)
		one.tell(backlog(i))
		all = append(all, one)
	}
	return all
}

func TestFramesStayOutOfTheHistory(t *testing.T) {
	for _, rows := range []int{2, 3, 4, 5, 12, 24} {
		b := startBars(t, 80, rows)
		b.terminal.Type(strings.Repeat("what stood there before\n", 30))
		all := b.fleet(20)
		b.after(barLate) // makes room
		before := b.terminal.scrolled
		b.expectCalm(func() {
			for i := range 20 {
				all[i].tell(backlog(100 + i))
				b.after(barsEvery)
			}
		})
		b.expectCalm(func() {
			for _, one := range all {
				one.end()
				b.after(barsEvery)
			}
			b.close()
		})
		if b.terminal.scrolled != before || strings.Contains(b.terminal.Text(), "shop") || b.terminal.Column() != 0 {
			t.Errorf("%d rows: it leaves\n%s", rows, b.terminal.Text())
		}
	}
}

func TestFrameLeavesRowsFree(t *testing.T) {
	for rows, want := range map[int]int{1: 0, 2: 1, 3: 1, 5: 3, 12: 10, 24: 21} {
		b := startBars(t, 80, rows)
		b.fleet(20)
		b.after(barLate)
		if got := len(b.screen.widths); got != want {
			t.Errorf("%d rows: it draws %d, want %d", rows, got, want)
		}
		b.close()
	}
}

// After a change of size the frame before is found whole.
func TestFrameFollowsTheTerminalsSize(t *testing.T) {
	b := startBars(t, 80, 24)
	b.terminal.Type(strings.Repeat("before\n", 3))
	b.fleet(6)
	b.after(barLate)
	for _, size := range [][2]int{{40, 24}, {80, 24}, {35, 24}, {120, 24}, {79, 24}} {
		b.terminal.Resize(size[0], size[1])
		b.expectCalm(func() { b.after(barsEvery) })
		if got := b.terminal.Text(); strings.Count(got, "shop") != 6 || strings.Count(got, "before") != 3 || strings.Count(got, "15/6,000") != 1 {
			t.Errorf("%v: it shows\n%s", size, got)
		}
	}
	b.terminal.Resize(80, 5)
	b.expectCalm(func() {
		b.after(barsEvery)
		b.after(time.Second)
		b.close()
	})
	lines := strings.Split(b.terminal.Text(), "\n")
	if seen := lines[min(b.terminal.scrolled, len(lines)):]; len(seen) > 0 {
		t.Errorf("it leaves on the screen\n%s", strings.Join(seen, "\n"))
	}
}
