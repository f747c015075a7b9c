package app

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

var nameOfRow = regexp.MustCompile(`(?m)^shop\d+`)

// names are those that have rows, in their order.
func (b *barsAt) names() string {
	return strings.Join(nameOfRow.FindAllString(b.terminal.Text(), -1), " ")
}

func idle() bridge.Progress {
	p := backlog(0)
	p.Doing = bridge.AwaitingTurn
	return p
}

func TestThoseThatMoveHaveRows(t *testing.T) {
	b := startBars(t, 80, 7) // three of eight have a row
	defer b.close()
	all := b.fleet(8)
	for _, one := range all {
		one.tell(bridge.Progress{Doing: bridge.Locked})
	}
	b.after(barLate)
	expect := func(want string) {
		t.Helper()
		if got := b.names(); got != want || !strings.Contains(b.terminal.Text(), "\nand 5 more\n0 of 8 accounts done") {
			t.Errorf("it shows %s, want %s:\n%s", got, want, b.terminal.Text())
		}
	}
	expect("shop00 shop01 shop02")
	all[6].tell(bridge.Progress{Doing: bridge.Fetching, Wanted: 9})
	b.after(barsEvery)
	expect("shop06 shop00 shop01")
	for _, i := range []int{7, 2} {
		all[i].tell(backlog(5))
	}
	b.after(barsEvery)
	expect("shop02 shop06 shop07")
	all[1].tell(backlog(5)) // it has to wait for a row
	b.after(barsEvery)
	expect("shop02 shop06 shop07")
	b.expectCalm(func() { b.after(barRests) })
	expect("shop02 shop06 shop07")
	all[7].end()
	b.after(barsEvery)
	if got := b.names(); got != "shop02 shop06 shop00" {
		t.Errorf("it shows %s", got)
	}
}

func TestRowsKeepTheirOrder(t *testing.T) {
	b := startBars(t, 80, 12)
	defer b.close()
	all := b.fleet(20)
	b.after(barLate)
	done := make([]int, len(all))
	var orders []string
	for i := range 200 { // one after another has a message imported
		n := i * 7 % len(all)
		done[n]++
		all[n].tell(backlog(100 + done[n]))
		b.after(barsEvery)
		if order := b.names(); len(orders) == 0 || orders[len(orders)-1] != order {
			orders = append(orders, order)
		}
	}
	if len(orders) > 2 {
		t.Errorf("the rows were in %d orders:\n%s", len(orders), strings.Join(orders, "\n"))
	}
}

func TestRowsThatAllFitAreInOrder(t *testing.T) {
	b := startBars(t, 80, 12)
	defer b.close()
	all := b.fleet(3)
	all[0].tell(idle())
	b.after(barLate)
	b.after(time.Minute)
	if got := b.names(); got != "shop00 shop01 shop02" || strings.Contains(b.terminal.Text(), "more") {
		t.Errorf("it shows\n%s", b.terminal.Text())
	}
}
