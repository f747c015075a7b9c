package reliability_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// killFigures are what docs/reliability.md quotes.
type killFigures struct {
	mu sync.Mutex
	// runs are the processes that were to be killed, kills those that lived
	// until then; the others had ended.
	runs, kills int
	// phases counts the kills by the last event that a server saw before.
	phases map[string]int
	// messages were sent, deleted is how many times one left a provider, and
	// audited how many of the deletions were looked at before they were
	// committed.
	messages, deleted, audited int
	// orphans are the messages in flight at a kill that Gmail had stored,
	// doubles those of them that are in Gmail twice at the end: without a
	// Message-ID, or one that other mail shares, without a way to look.
	orphans, doublesBare, doublesShared int
	// unrecorded are the deletions without a record at a kill.
	unrecorded int
	// merged are messages that Gmail has fewer copies of than were sent,
	// all of them identical.
	merged               int
	renumbered, restored int
	took                 time.Duration
}

func (f *killFigures) audit(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.audited += n
}

// count books one process.
func (f *killFigures) count(c *child, w *watch) {
	f.runs++
	if !c.killed() {
		return
	}
	f.kills++
	if f.phases == nil {
		f.phases = map[string]int{}
	}
	f.phases[w.lastSeen()]++
}

// add adds the figures of another world.
func (f *killFigures) add(o *killFigures) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phases == nil {
		f.phases = map[string]int{}
	}
	for phase, n := range o.phases {
		f.phases[phase] += n
	}
	f.runs, f.kills = f.runs+o.runs, f.kills+o.kills
	f.messages, f.deleted, f.audited = f.messages+o.messages, f.deleted+o.deleted, f.audited+o.audited
	f.orphans, f.doublesBare, f.doublesShared = f.orphans+o.orphans, f.doublesBare+o.doublesBare, f.doublesShared+o.doublesShared
	f.unrecorded, f.merged = f.unrecorded+o.unrecorded, f.merged+o.merged
	f.renumbered, f.restored = f.renumbered+o.renumbered, f.restored+o.restored
	f.took = max(f.took, o.took)
}

func (f *killFigures) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d kills in %d runs, %d messages, %d times one left a provider (%d audited before the server committed it), "+
		"%d in Gmail without record at a kill, of which doubled: %d without Message-ID, %d that share theirs, 0 others; "+
		"%d deletions without record at a kill, %d identical ones taken for another that was deleted; "+
		"%d renumberings, %d restored; took %v\nlast seen before the kill:",
		f.kills, f.runs, f.messages, f.deleted, f.audited, f.orphans, f.doublesBare, f.doublesShared, f.unrecorded, f.merged,
		f.renumbered, f.restored, f.took.Round(time.Second))
	phases := slices.SortedFunc(maps.Keys(f.phases), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.phases[b], f.phases[a]), cmp.Compare(a, b))
	})
	for _, phase := range phases {
		fmt.Fprintf(&s, "\n%6d %s", f.phases[phase], phase)
	}
	return s.String()
}
