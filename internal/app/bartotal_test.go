package app

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

// last is the last line that is shown.
func (b *barsAt) last() string {
	lines := strings.Split(b.terminal.Text(), "\n")
	return lines[len(lines)-1]
}

func (b *barsAt) expectLast(want string) {
	b.t.Helper()
	if got := b.last(); got != want {
		b.t.Errorf("%d columns: the last line is %q, want %q", b.terminal.columns, got, want)
	}
}

// twoOfFive has two accounts at work together do 240 messages a minute; two
// have ended, one of them in the middle.
func twoOfFive(t *testing.T, columns, known int) *barsAt {
	b := startBars(t, columns, 24)
	b.among(known)
	all := b.fleet(4)
	all[2].end()
	all[3].end()
	all[2].tell(bridge.Progress{Wanted: 400, WantedOctets: 4e6, Done: 100, DoneOctets: 1e6})
	all[3].tell(bridge.Progress{})
	for i := range 31 {
		all[0].tell(backlog(100 + 2*i))
		all[1].tell(backlog(50 + 2*i))
		b.after(time.Second)
	}
	return b
}

func TestTotalSaysAllThereIs(t *testing.T) {
	for columns, want := range map[int]string{
		100: "2 of 4 accounts done, 370/2,100 messages, 3.7 MB of 21 MB, 240/min, 7m13s left",
		80:  "2 of 4 accounts done, 370/2,100 messages, 240/min, 7m13s left",
		60:  "2/4 accounts, 370/2,100, 240/min, 7m13s left",
		40:  "2/4 accounts, 370/2,100, 7m13s left",
		32:  "2/4, 370/2,100, 7m13s left",
		20:  "2/4, 370/2,100",
		10:  "2/4",
	} {
		b := twoOfFive(t, columns, 4)
		b.expectLast(want)
		b.close()
	}
}

// What waits behind jobs is counted, and makes the time that is left longer.
func TestTotalKnowsOfThoseThatWait(t *testing.T) {
	b := twoOfFive(t, 80, 20)
	defer b.close()
	b.expectLast("2 of 20 accounts done, 370/2,100 messages, 240/min, over 7m13s left")
	b.accounts[0].end()
	b.after(0)
	b.expectLast("3 of 20 accounts done, 370/1,260 messages, 240/min, over 3m43s left")
}

func TestTotalOfAccountsThatHaveNothing(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	b.among(200)
	for range 5 { // each is over before it has a row
		one := b.account("shop", b.now)
		b.after(barSoon / 2)
		one.end()
	}
	b.expectNothing()
	b.account("shop", b.now)
	b.after(barSoon / 2)
	b.expectLast("5 of 200 accounts done")
}

func TestOneAccountHasNoTotal(t *testing.T) {
	b := startBars(t, 80, 24)
	defer b.close()
	b.among(1)
	b.fleet(1)
	b.after(barLate)
	if got := b.terminal.Text(); strings.Contains(got, "\n") || !strings.HasPrefix(got, "shop00 ") {
		t.Errorf("it shows\n%s", got)
	}
}

func TestNothingIsForetoldWhileAllWait(t *testing.T) {
	b := twoOfFive(t, 80, 4)
	defer b.close()
	paused := func(p bridge.Progress) bridge.Progress {
		p.Doing, p.Pause = bridge.AwaitingRetry, 24*time.Second
		return p
	}
	b.accounts[0].tell(paused(backlog(160)))
	b.accounts[1].tell(paused(backlog(110)))
	b.after(time.Second)
	b.await(`(?m)^shop00   160/1,000 \[>-----\] waiting for Gmail, next try in 24s$`)
	b.expectLast("2 of 4 accounts done, 370/2,100 messages")
	b.after(4 * time.Second)
	b.await(`(?m)^shop01   110/1,000 .* next try in 20s$`)
	p := backlog(160)
	p.Doing = bridge.AwaitingTurn
	b.accounts[0].tell(p)
	b.after(barCalm)
	b.await(`(?m)^shop00   160/1,000 .* waiting for its turn at Gmail$`)
	b.expectLast("2 of 4 accounts done, 370/2,100 messages")
}

func TestInterruptedRunSaysWhatItDoes(t *testing.T) {
	for _, c := range []struct {
		columns, accounts int
		cause             os.Signal
		want              string
	}{
		{80, 1, os.Interrupt, "shop00     0/1,000 [------] ending; Ctrl-C again ends at once"},
		{40, 1, os.Interrupt, "shop00     0/1,000 ending"},
		{80, 2, os.Interrupt, "0 of 2 accounts done, 1/2,000 messages, ending; Ctrl-C again ends at once"},
		{40, 2, os.Interrupt, "ending; Ctrl-C again ends at once"},
		{30, 2, os.Interrupt, "ending; ^C ends at once"},
		{80, 1, syscall.SIGTERM, "shop00     0/1,000 [------] ending"},
	} {
		b := startBars(t, c.columns, 24)
		ctx, interrupt := context.WithCancelCause(t.Context())
		b.run = ctx
		b.fleet(c.accounts)
		b.after(barSoon)
		interrupt(Signalled{c.cause})
		b.after(time.Second)
		b.expectLast(c.want)
		if c.accounts > 1 {
			b.await(`(?m)^shop01     1/1,000 .*ending$`)
		}
		b.close()
	}
}
