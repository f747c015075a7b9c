package app

import (
	"fmt"
	"slices"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

// tally is how far all accounts together are.
type tally struct {
	// accounts is how many there are, 0 while that isn't known.
	accounts int
	began    time.Time
	// ended counts the accounts that ended, done and octets what those did.
	ended  int
	done   int
	octets int64
	speed  speed
}

// count has a look at each account, and gives those that have not ended.
func (t *tally) count(accounts []*bar, now time.Time) (atWork []*bar) {
	done := 0
	for _, one := range accounts {
		p, ended := one.now()
		if ended {
			t.ended++
			t.done += p.Done
			t.octets += p.DoneOctets
			continue
		}
		one.note(p, now)
		done += p.Done
		atWork = append(atWork, one)
	}
	t.speed.note(now, t.done+done)
	return atWork
}

// known is how many accounts there are as far as is known.
func (t *tally) known(atWork []*bar) int { return max(t.accounts, t.ended+len(atWork)) }

// shows tells whether more than one account is left, for a time that is worth
// a word.
func (t *tally) shows(atWork []*bar, now time.Time) bool {
	return t.known(atWork)-t.ended > 1 && len(atWork) > 0 &&
		(now.Sub(t.began) >= barLate || slices.ContainsFunc(atWork, func(b *bar) bool { return b.shows }))
}

// line says as much of all accounts as there is room for.
func (t *tally) line(atWork []*bar, now time.Time, columns int, run ending) string {
	sum, open := t.sum(atWork)
	perMinute, left := float64(-1), time.Duration(-1)
	moves := func(b *bar) bool { return !b.view(now, run).still() }
	if slices.ContainsFunc(atWork, moves) {
		perMinute, left = t.speed.estimate(now, sum.Done, sum.Wanted)
	}
	counts := countsWords(sum)
	all := t.known(atWork)
	few := part{text: fmt.Sprintf("%d/%d", t.ended, all)}
	accounts := part{text: fmt.Sprintf("%d of %d accounts done", t.ended, all)}
	short, long, size := part{counts, countsRoom(sum)}, part{}, part{}
	if counts != "" {
		long = part{counts + " messages", countsRoom(sum) + len(" messages")}
		size = part{octets(sum.DoneOctets) + " of " + octets(sum.WantedOctets), octetsRoom}
	}
	if run != nil {
		return said(columns-1, append([][]part{{accounts, long, {text: run[0]}}}, each(run)...)...)
	}
	rate, rest := part{rateWords(perMinute), rateRoom}, part{leftWords(left), leftRoom}
	openRest := rest
	if open && left >= 0 {
		openRest = part{"over " + rest.text, leftRoom + len("over ")}
	}
	return said(columns-1, []part{accounts, long, size, rate, openRest},
		[]part{accounts, long, rate, openRest},
		[]part{{text: few.text + " accounts"}, short, rate, openRest},
		[]part{{text: few.text + " accounts"}, short, openRest},
		[]part{few, short, rest}, []part{few, short}, []part{few})
}

// sum adds up what is known of all accounts. It is open while an account is
// still to say what it has.
func (t *tally) sum(atWork []*bar) (sum bridge.Progress, open bool) {
	sum = bridge.Progress{Wanted: t.done, Done: t.done, WantedOctets: t.octets, DoneOctets: t.octets}
	open = t.accounts > t.ended+len(atWork)
	for _, one := range atWork {
		p := one.drawn
		sum.Wanted += p.Wanted
		sum.Done += p.Done
		sum.WantedOctets += p.WantedOctets
		sum.DoneOctets += p.DoneOctets
		switch p.Doing {
		case bridge.Connecting, bridge.Locked, bridge.Listing:
			open = open || p.Wanted == 0
		}
	}
	return sum, open
}
