package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// stat lets STAT answer what is given, whatever is there.
func stat(answer string) func(pop3test.Event) pop3test.Fault {
	return func(e pop3test.Event) pop3test.Fault {
		if e.Command != "STAT" {
			return pop3test.Fault{}
		}
		return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("+OK " + answer + "\r\n")}
	}
}

// A server whose listings contradict each other deletes nothing for a day.
// After that it is its way, and the mailbox must not fill up.
func TestListingThatAlwaysContradictsItself(t *testing.T) {
	for _, noTop := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTop })
		box := h.account("shop", `retention = "0"`)
		fill(box, 3)
		h.setPOPFault(stat("4 1000"))
		h.expect(69, "run")
		h.expectSaid("STAT counts 4 messages, UIDL 3, LIST 3; nothing is deleted until they agree")
		h.expectInGmail(3)
		for range 3 {
			h.advance(7 * time.Hour)
			h.expect(69, "run")
		}
		h.expectLeft(box, 3)
		h.advance(4 * time.Hour)
		h.expect(69, "run")
		h.expectLeft(box, 0)
		fill(box, 2)
		h.expect(69, "run")
		h.advance(2 * time.Hour)
		h.expect(69, "run")
		h.expectLeft(box, 0)
		h.expect(0, "status")
		h.expectPrinted("a message may be missing")
	}
}

// One listing that agrees ends the day.
func TestListingThatSometimesContradictsItself(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "30h"`)
	fill(box, 3)
	h.expect(0, "run")
	h.setPOPFault(stat("4 1000"))
	h.run("run")
	h.advance(20 * time.Hour)
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.setPOPFault(stat("4 1000"))
	h.advance(11 * time.Hour)
	h.run("run")
	h.expectLeft(box, 3)
	h.advance(time.Hour)
	h.run("run")
	h.expectLeft(box, 3)
	h.advance(24 * time.Hour)
	h.run("run")
	h.expectLeft(box, 0)
}

// The day doesn't weaken the proof: under a UID of a recorded message, another
// one isn't deleted.
func TestListingThatContradictsItselfProvesEachDeletion(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1h"`)
	box.Add("u1", mail("m1", "first\r\n"))
	h.setPOPFault(stat("4 1000"))
	h.run("run")
	h.advance(25 * time.Hour)
	box.Clear()
	box.Add("u1", mail("m2", strings.Repeat("x", 5)+"\r\n"))
	h.run("run")
	h.expectLeft(box, 1)
	h.expectBodies("first", "xxxxx")
}

// The day is of the right clock's: it neither is over at once, nor takes a
// year, because contradictions began under a wrong one.
func TestListingThatBeganToContradictItselfUnderAWrongClock(t *testing.T) {
	for name, wrong := range map[string]func(*wrongClock){
		"a year ahead": func(w *wrongClock) { w.jump(aYear) },
		// no further than a clock may be off between two runs
		"two days ahead": func(w *wrongClock) { w.jump(47 * time.Hour) },
		"in 1970":        (*wrongClock).to1970,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongClock(t, `keep_messages = 1`)
			fill(w.box, 3)
			w.expect(0, "run")
			w.setPOPFault(stat("4 1000"))
			wrong(w)
			w.expect(69, "run")
			w.jump(0)
			for _, then := range []time.Duration{5 * time.Minute, 23 * time.Hour} {
				w.pass(then)
				w.expect(69, "run")
				w.expectLeft(w.box, 3)
			}
			w.pass(2 * time.Hour)
			w.expect(69, "run")
			w.expectLeft(w.box, 1)
			w.expectInGmail(3)
		})
	}
}

// What was dropped without ever being fetched is known by its UID and size,
// and by a header where the server gives one. A listing that contradicts
// itself may give that UID to another message.
func TestListingThatContradictsItselfDeletesNothingDroppedUnseen(t *testing.T) {
	for _, noTop := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTop })
		box := h.account("shop", `skip_larger = "300B"`)
		box.Add("A", mail("A", strings.Repeat("a", 400)+"\r\n"))
		h.expect(65, "run")
		h.expect(0, "drop", "shop", "A", "--yes")
		box.Clear()
		box.Add("B", mail("B", strings.Repeat("b", 400)+"\r\n"))
		box.Add("A", mail("A", strings.Repeat("a", 400)+"\r\n"))
		box.EditListing(func(kind string, lines []string) []string {
			switch kind {
			case "UIDL":
				return []string{"1 A", "2 B"}
			case "STAT":
				return []string{"3 9999"}
			}
			return lines
		})
		h.expect(69, "run")
		h.advance(25 * time.Hour)
		h.expect(69, "run")
		if left := box.UIDs(); !slices.Contains(left, "B") {
			t.Errorf("without TOP: %t: left are %q; B was not to go", noTop, left)
		}
	}
}
