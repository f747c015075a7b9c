package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// other is a message of the same size as those of sixMessages with an uneven
// and an even number from i.
func other(i int) []byte { return mail(fmt.Sprintf("o%d", i), strings.Repeat("x", i/2)+"\r\n") }

var changes = []story{
	{name: "nothing", then: func(*witness) {}},
	{name: "all change", blind: 6, then: func(w *witness) { w.renumber(renamed) }},
	{name: "some change", blind: 3, then: func(w *witness) {
		w.renumber(func(i int, old string) string {
			if i%2 == 0 {
				return "new-" + old
			}
			return old
		})
	}},
	{name: "all change and stand in another order", blind: 6, then: func(w *witness) {
		w.renumber(renamed)
		w.rearrange(slices.Reverse[[]pop3test.Message])
	}},
	{name: "the order changes", then: func(w *witness) { w.rearrange(slices.Reverse[[]pop3test.Message]) }},
	{name: "all change, twice, with new mail", fetches: 2, blind: 14, then: func(w *witness) {
		w.renumber(renamed)
		w.deliver("first", mail("first", "x\r\n"))
		w.expectRun(0)
		w.renumber(renamed)
		w.deliver("second", mail("second", "x\r\n"))
	}},
	{name: "all change back", blind: 12, then: func(w *witness) {
		w.renumber(renamed)
		w.expectRun(0)
		w.renumber(func(_ int, old string) string { return strings.TrimPrefix(old, "new-") })
	}},
	// Without TOP only another size speaks against them.
	{name: "shifted by one", blind: 12, then: func(w *witness) {
		w.renumber(func(i int, _ string) string { return fmt.Sprintf("uid%d", (i+1)%6) })
	}},
	{name: "shifted into one another's after a deletion", blind: 12, then: func(w *witness) {
		w.box.Remove("uid0")
		w.renumber(func(i int, _ string) string { return fmt.Sprintf("uid%d", i) })
	}},
	{name: "swapped, of one size", then: func(w *witness) { w.swap("uid0", "uid1") }},
	{name: "swapped, of two sizes", blind: 2, then: func(w *witness) { w.swap("uid0", "uid5") }},
	{name: "reused for another of another size", fetches: 1, blind: 1, then: func(w *witness) { w.reuse("uid1", other(5)) }},
	{name: "reused for another of the same size", late: true, then: func(w *witness) { w.reuse("uid1", other(1)) }},
	{name: "reused for another of the same size, when due", fetches: 1, blind: 7, late: true, then: func(w *witness) {
		w.h.advance(retentionOfStories)
		w.reuse("uid1", other(1))
	}},
	{name: "reused for one that has another's place", fetches: 1, blind: 2, then: func(w *witness) {
		w.renumber(func(i int, old string) string {
			if i == 0 {
				return "uid9"
			}
			return old
		})
		w.deliver("uid0", other(4))
	}},
	{name: "reused after a day's absence", fetches: 1, blind: 1, then: func(w *witness) {
		w.box.Remove("uid1")
		w.expectRun(0)
		w.h.advance(aDay)
		w.deliver("uid1", other(1))
	}},
	{name: "new ones take the UIDs of those renumbered", fetches: 18, blind: 18, then: func(w *witness) {
		w.renumber(renamed)
		for i := range 6 {
			w.deliver(fmt.Sprintf("uid%d", i), other(i))
		}
	}},
	{name: "empty for a run", blind: 6, then: func(w *witness) { w.emptyFor(1, time.Hour, theSame) }},
	{name: "empty for days", blind: 6, then: func(w *witness) { w.emptyFor(5, aDay, theSame) }},
	{name: "empty, then back renumbered", blind: 6, then: func(w *witness) { w.emptyFor(2, time.Hour, renamed) }},
}

// after has what a run deleted as due come back so much later.
func after(d time.Duration, uid func(i int, old string) string) func(*witness) {
	return func(w *witness) {
		w.h.advance(retentionOfStories)
		w.expectRun(0)
		w.h.expectLeft(w.box, 0)
		w.h.advance(d)
		w.expectRun(0)
		w.restore(uid)
	}
}

var restored = []story{
	// Without TOP each is fetched to be recognised, and once more to be proven.
	{name: "the next day", blind: 12, then: after(aDay, theSame)},
	{name: "after ten months", blind: 12, then: after(300*aDay, theSame)},
	{name: "after ten months, renumbered", blind: 12, then: after(300*aDay, renamed)},
	{name: "twice, renumbered", blind: 24, then: func(w *witness) {
		after(100*aDay, renamed)(w)
		w.expectRun(0)
		w.expectRun(0)
		w.h.expectLeft(w.box, 0)
		w.h.advance(300 * aDay)
		w.restore(func(_ int, old string) string { return "again-" + old })
	}},
	{name: "with what was never seen", fetches: 1, blind: 13, late: true, then: func(w *witness) {
		after(aDay, theSame)(w)
		w.deliver("never", mail("never", "never seen\r\n"))
	}},
	{name: "of what another device deleted", blind: 3, then: func(w *witness) {
		all := w.box.Messages()
		for _, m := range all[:3] {
			w.box.Remove(m.UID)
		}
		w.expectRun(0)
		w.h.advance(9 * aDay)
		for _, m := range all[:3] {
			w.box.AddMessage(m)
		}
	}},
}

func TestUIDsRestoredFromABackup(t *testing.T) { tellAll(t, restored) }

func TestUIDsThatChange(t *testing.T) {
	tellAll(t, changes)
}

func tellAll(t *testing.T, stories []story) {
	for _, s := range stories {
		for _, top := range []bool{true, false} {
			if !top && (s.onlyTop || s.blind == 0) { // without TOP it would show nothing more
				continue
			}
			t.Run(fmt.Sprintf("%s, TOP %t", s.name, top), func(t *testing.T) {
				s.tell(t, top)
			})
		}
	}
}
