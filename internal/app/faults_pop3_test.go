package app_test

import (
	"fmt"
	"os"
	"testing"
)

// Every fault at every step of the POP3 dialogue: at the first contact, and
// later, each time or once, with mail to import and mail to delete. Whatever
// happens then, nothing is lost, doubled, changed or deleted early, and
// ordinary runs put it right.
//
// Each fault is tried with pipelining or without, and later each time or once;
// of those that are akin, one in eight. With POPBRIDGE_FAULTS=all, all are
// tried in all ways, which takes minutes.
func TestEveryPOP3FaultAtEveryStep(t *testing.T) {
	all := os.Getenv("POPBRIDGE_FAULTS") == "all"
	for _, waits := range []bool{false, true} {
		t.Run(map[bool]string{false: "seen at once", true: "waited for"}[waits], func(t *testing.T) {
			t.Parallel()
			w := newPopWorld(t, popRows(all, waits))
			w.bring()
			w.suffer(true)
			w.bring()
			w.recover()
			w.age()
			w.bring()
			w.suffer(false)
			w.recover()
			if all {
				for _, r := range w.rows {
					r.next ^= afterwards
				}
				w.age()
				w.bring()
				w.suffer(false)
				w.recover()
			}
		})
	}
}

// popRows is the table: the faults of each step, and with each server that
// several accounts share one more at which nothing goes wrong.
func popRows(all, waits bool) (rows []*popRow) {
	n := 0
	add := func(step popStep, f popFault, name, pipelining string) {
		next := phaseAlways
		if n%4 < 2 {
			next = phaseOnce
		}
		if step.phases&afterwards != 0 && step.phases&next == 0 {
			next ^= afterwards
		}
		if f.waits == waits {
			rows = append(rows, &popRow{name: name, step: step, popFault: f, pipelining: pipelining, next: next})
		}
	}
	for _, step := range popSteps() {
		ways := []string{"auto", "off"}
		for i, f := range step.faults {
			name := fmt.Sprintf("%s: %s", step.name, f.name)
			switch n++; {
			case all && step.login:
				add(step, f, name, ways[0])
				add(step, f, name+", not pipelined", ways[1])
			case all || !f.akin || i%8 == 0:
				add(step, f, name, ways[n%2])
			}
		}
		if step.login && !waits {
			add(step, popFault{}, step.name+": undisturbed", ways[0])
		}
	}
	return rows
}
