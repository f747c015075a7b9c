package app_test

import (
	"os"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// A first run whose clock Gmail contradicted vouches for no clock: neither may
// the next one, however far it is off the other way.
func TestClockAheadAfterAFirstRunThatWasBehind(t *testing.T) {
	w := newWrongClock(t)
	w.jump(-30 * time.Hour)
	fill(w.box, 3)
	w.expect(0, "run")
	w.jump(aYear)
	w.expect(75, "run")
	w.expectLeft(w.box, 3)
	w.jump(0)
	w.expectRetention(3)
}

// The times in a state that is imported are all there is to go by.
func TestClockAheadWhenTheStateIsImported(t *testing.T) {
	w := newWrongClock(t)
	fill(w.box, 3)
	w.expect(0, "run")
	w.expect(0, "state", "export")
	w.stdin = w.out.String()
	w.must(os.RemoveAll(w.path("state")))
	w.jump(aYear)
	w.expect(0, "state", "import")
	w.expect(75, "run")
	w.expectLeft(w.box, 3)
	w.jump(0)
	w.expectRetention(3)
}

// That Gmail can't be asked the time needs nothing more urgently than a
// person, where it can't be asked anything.
func TestWithdrawnTokenIsToldThoughTheClockIsDoubted(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 2)
	h.expect(0, "run")
	h.advance(72 * time.Hour)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindToken, gmailtest.StageBefore, gmailtest.InvalidGrant()))
	h.expect(77, "run")
	h.expectSaid("the authorisation has ended", "hint: popbridge login default")
	for range 2 {
		h.advance(2 * time.Hour)
		h.expect(77, "run")
		h.expectSilence()
	}
	h.expectLeft(box, 2)
	h.gmail.SetFault(nil)
	h.authorise()
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(2)
}

// A notice whose import is in doubt since a clock was wrong is settled:
// neither at once, when Gmail's index can't know yet, nor only a year later.
func TestNoticeInDoubtUnderAWrongClockIsSettled(t *testing.T) {
	for name, wrong := range map[string]func(*wrongClock){
		"a year ahead": func(w *wrongClock) { w.jump(aYear) },
		"in 1970":      (*wrongClock).to1970,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongClock(t)
			w.gmailExtra += "\naccess = \"verify\""
			w.configure()
			w.expect(0, "run")
			wrong(w)
			refused(w.harness, w.box, "u1")
			w.gmail.SetFault(onNotices(gmailtest.StageAnswer, gmailtest.Cut))
			w.expect(75, "run")
			w.gmail.SetFault(unindexed())
			w.jump(0)
			w.pass(5 * time.Second)
			w.expect(75, "run")
			w.expectNotices(1)
			w.gmail.SetFault(nil)
			for range 2 {
				w.pass(5 * time.Minute)
				w.expect(0, "run")
				w.expectSilence()
				w.expectNotices(1)
			}
		})
	}
}
