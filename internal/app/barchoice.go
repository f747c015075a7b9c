package app

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// inRoom chooses which accounts have one of room rows, and says how many have
// none. Those that move come first, then those that began first; among those
// that move, whoever has a row keeps it.
func inRoom(accounts []*bar, now time.Time, room int) (seen []*bar, hidden string) {
	for _, one := range accounts {
		if one.shows {
			seen = append(seen, one)
		}
	}
	if room = max(room, 0); len(seen) <= room {
		noteSeen(seen, nil)
		return seen, ""
	}
	all := len(seen)
	if room > 1 {
		room-- // for what is hidden
		hidden = fmt.Sprintf("and %d more", all-room)
	}
	began := slices.Clone(seen)
	moves := func(b *bar) int { return truth(b.moves(now)) }
	slices.SortStableFunc(seen, func(x, y *bar) int {
		return cmp.Or(moves(y)-moves(x), moves(x)*(truth(y.seen)-truth(x.seen)))
	})
	seen, rest := seen[:room], seen[room:]
	slices.SortStableFunc(seen, func(x, y *bar) int {
		return cmp.Or(moves(y)-moves(x), slices.Index(began, x)-slices.Index(began, y))
	})
	noteSeen(seen, rest)
	return seen, hidden
}

func noteSeen(seen, hidden []*bar) {
	for _, one := range seen {
		one.seen = true
	}
	for _, one := range hidden {
		one.seen = false
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
