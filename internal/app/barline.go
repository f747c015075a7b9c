package app

import (
	"fmt"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
)

// view is what there is to see of an account.
type view struct {
	bridge.Progress
	name string
	run  ending
	// perMinute is how many messages a minute are done, left the time that
	// the rest takes; negative while that isn't known.
	perMinute float64
	left      time.Duration
	// pause is what is left of a pause after a failure.
	pause time.Duration
}

// still tells whether nothing is to come of the account for now, so that what
// came of it before foretells nothing.
func (v *view) still() bool {
	return v.run != nil || v.Doing == bridge.AwaitingTurn || v.Doing == bridge.AwaitingRetry
}

// barLeast is the width of a terminal that has room for the bar proper.
const barLeast = 60

// layout is how the rows of a frame share a terminal's width: name, messages,
// the bar proper, and the rest. It depends on nothing that changes from frame
// to frame.
type layout struct {
	columns, names, counts, bar int
	plan
}

// plan is which parts the rest of a row has.
type plan struct {
	octets, rate, left int
	// doing is the least room for what goes on.
	doing int
}

// plans are those for ever narrower terminals.
var plans = []plan{
	{octetsRoom, rateRoom, leftRoom, len(bridge.AwaitingQuota)},
	{octetsFewest, rateRoom, leftRoom, len(bridge.AwaitingQuota)},
	{0, rateRoom, leftRoom, len(bridge.AwaitingQuota)},
	{octetsFewest, rateRoom, leftRoom, len("Gmail's quota")},
	{0, rateRoom, leftRoom, len("Gmail's quota")},
	{0, rateRoom, leftRoom, len(bridge.Importing)},
	{0, 0, leftRoom, len(bridge.Importing)},
	{0, 0, leftFewRoom, len(bridge.Importing)},
	{0, 0, leftFewRoom, 0},
	{0, 0, 0, 0},
}

func layOut(views []*view, columns int) (rows []row) {
	l := layout{columns: columns}
	for _, v := range views {
		l.names = max(l.names, len(l.name(v)))
		l.counts = max(l.counts, countsRoom(v.Progress))
	}
	if columns >= barLeast {
		l.bar = min(columns/10, 30)
	}
	for _, l.plan = range plans {
		if l.room(l.plan) >= l.doing {
			break
		}
	}
	for _, v := range views {
		rows = append(rows, row{head: l.head(v), width: l.bar, done: v.Done, total: v.Wanted, tail: " " + l.rest(v)})
	}
	return rows
}

// name leaves room for what changes.
func (l *layout) name(v *view) string {
	most := max(l.columns/4, 8)
	if len(v.name) > most {
		return v.name[:most-2] + ".."
	}
	return v.name
}

func (l *layout) head(v *view) string {
	if l.counts == 0 {
		return fmt.Sprintf("%-*s", l.names, l.name(v))
	}
	return fmt.Sprintf("%-*s %*s", l.names, l.name(v), l.counts, countsWords(v.Progress))
}

// room is what is left for what goes on beside a plan's other parts.
func (l *layout) room(p plan) int {
	room := l.columns - 1 - l.names - len(" ")
	for _, w := range []int{l.counts, l.bar} {
		if w > 0 {
			room -= len(" ") + w
		}
	}
	for _, w := range []int{p.octets, p.rate, p.left} {
		if w > 0 {
			room -= w + len(", ")
		}
	}
	return room
}

// rest is what else there is to say.
func (l *layout) rest(v *view) string {
	var parts []part
	p := l.plan
	if v.Wanted == 0 {
		p.octets = 0
	}
	if v.still() || v.Wanted == 0 {
		p.rate, p.left = 0, 0
	}
	if p.octets > 0 {
		parts = append(parts, part{text: octetsWords(v.Progress, p.octets)})
	}
	if p.rate > 0 {
		parts = append(parts, part{text: rateWords(v.perMinute)})
	}
	if p.left == leftRoom {
		parts = append(parts, part{text: leftWords(v.left)})
	} else if p.left > 0 && v.left >= 0 {
		parts = append(parts, part{text: span(v.left)})
	}
	words := doingWords(v.Doing, v.pause)
	switch {
	case v.run != nil:
		words = v.run
	case v.Doing == bridge.Fetching && p.octets == 0:
		words = []string{"fetching " + octetsWords(v.Progress, octetsFewest), words[0]}
	}
	doing := said(l.room(p), append(each(words), nil)...)
	return joined(append(parts, part{text: doing}))
}

// octetsWords are those that are done, or fetched as long as fetching is what
// goes on.
func octetsWords(p bridge.Progress, room int) string {
	switch {
	case p.Doing == bridge.Fetching && room < octetsRoom:
		return octets(p.FetchedOctets)
	case p.Doing == bridge.Fetching:
		return octets(p.FetchedOctets) + " fetched"
	case room < octetsRoom:
		return octets(p.DoneOctets)
	default:
		return octets(p.DoneOctets) + " of " + octets(p.WantedOctets)
	}
}
