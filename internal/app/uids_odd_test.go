package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// sixUnder delivers the messages of sixMessages under these UIDs.
func sixUnder(uids ...string) func(*witness) {
	return func(w *witness) {
		sixMessages(w)
		w.renumber(func(i int, _ string) string { return uids[i] })
	}
}

// identical delivers three copies of one message.
func identical(w *witness) {
	for i := range 3 {
		w.deliver(fmt.Sprintf("uid%d", i), mail("copy", "x\r\n"))
	}
}

// oneForAll has UIDL say one UID for all messages.
func oneForAll(w *witness) {
	w.box.EditListing(func(kind string, lines []string) []string {
		for i := range lines {
			if kind == "UIDL" {
				number, _, _ := strings.Cut(lines[i], " ")
				lines[i] = number + " same"
			}
		}
		return lines
	})
}

func truthful(w *witness) { w.box.EditListing(nil) }

// and does one after the other, with a run between.
func and(steps ...func(*witness)) func(*witness) {
	return func(w *witness) {
		for i, step := range steps {
			if i > 0 {
				w.expectRun(0)
			}
			step(w)
		}
	}
}

func reversed(w *witness) { w.rearrange(slices.Reverse[[]pop3test.Message]) }

func allChange(w *witness) { w.renumber(renamed) }

func noUIDL(o *pop3test.Options) { o.NoUIDL = true }

func expireZero(o *pop3test.Options) { o.Expire = "0" }

var oddUIDs = []story{
	{name: "alike but for case", blind: 6, mail: sixUnder("a", "A", "aa", "aA", "Aa", "AA"), then: func(w *witness) {
		w.renumber(func(_ int, old string) string { return old + "a" })
	}},
	{name: "escapes", mail: sixUnder("\x1b[31mred", "\\x1b", "\x00", "\xff\xfe", "\u202e", "'\"$(x)"), then: reversed},
	{name: "of 1 KB", mail: sixUnder(strings.Repeat("u", 1024), strings.Repeat("u", 1023), strings.Repeat("u", 1023)+"v", "u", "top:u:1:1", "uu"), then: reversed},
	{name: "one for all from now on", onlyTop: true, then: oneForAll},
	{name: "one for all, then mended", onlyTop: true, mail: func(w *witness) { sixMessages(w); oneForAll(w) }, then: truthful},
	{name: "one for all, for a run, of copies", onlyTop: true, mail: identical, then: and(oneForAll, truthful)},
	{name: "none", pop: noUIDL, onlyTop: true, then: reversed},
	{name: "none, of copies", pop: noUIDL, onlyTop: true, mail: identical, then: func(w *witness) { w.box.Remove("uid1") }},
	{name: "none any more", onlyTop: true, then: func(w *witness) { w.movedTo(pop3test.Options{NoUIDL: true}) }},
	{name: "none as yet", pop: noUIDL, onlyTop: true, then: func(w *witness) { w.movedTo(pop3test.Options{}) }},
	{name: "renumbered copies", blind: 3, mail: identical, then: allChange},
	{name: "fewer copies, renumbered", blind: 2, mail: identical, then: func(w *witness) { w.box.Remove("uid0"); allChange(w) }},
	{name: "one copy more", fetches: 2, blind: 5, mail: identical, then: func(w *witness) { w.deliver("uid3", mail("copy", "x\r\n")) }},
	{name: "one copy for another", blind: 1, mail: identical, then: func(w *witness) {
		w.box.Remove("uid0")
		w.deliver("uid3", mail("copy", "x\r\n"))
	}},
	{name: "all change, EXPIRE 0", pop: expireZero, blind: 6, then: allChange},
	{name: "reused when due, EXPIRE 0", pop: expireZero, fetches: 1, blind: 12, late: true, then: func(w *witness) {
		w.h.advance(retentionOfStories)
		w.reuse("uid1", other(1))
	}},
}

func TestUIDsThatAreOdd(t *testing.T) { tellAll(t, oddUIDs) }
