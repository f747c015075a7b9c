package app_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

const aYear = 365 * aDay

// wrongClock is a popbridge whose clock may differ from Gmail's, which goes
// by the days that pass.
type wrongClock struct {
	*harness
	box    *pop3test.Mailbox
	passed atomic.Int64
}

func newWrongClock(t *testing.T, keys ...string) *wrongClock {
	t.Helper()
	w := &wrongClock{}
	w.harness = newHarness(t, gmailClock(&w.passed), func(s *setup) { s.gmail.Fold = false })
	w.box = w.account("shop", append([]string{`retention = "14d"`}, keys...)...)
	return w
}

// pass lets time pass for everybody.
func (w *wrongClock) pass(d time.Duration) {
	w.passed.Add(int64(d))
	w.advance(d)
}

// jump has our clock alone be ahead by so much; 0 puts it right.
func (w *wrongClock) jump(d time.Duration) { w.offset.Store(w.passed.Load() + int64(d)) }

// to1970 has our clock begin anew.
func (w *wrongClock) to1970() { w.offset.Store(-time.Now().UnixNano()) }

// expectRetention sees to it that, the clock being right, n messages stay for
// 13 days more, and no longer than 15.
func (w *wrongClock) expectRetention(n int) {
	w.t.Helper()
	for _, then := range []time.Duration{0, 13*aDay - time.Hour} {
		w.pass(then)
		w.run("run")
		w.expectLeft(w.box, n)
	}
	w.pass(2 * aDay)
	w.expect(0, "run")
	w.expectLeft(w.box, 0)
	w.expectInGmail(n)
}

// What was imported under a wrong clock is due by the right one: neither
// early nor a year late.
func TestRetentionOfMailImportedUnderAWrongClock(t *testing.T) {
	slow := func(w *wrongClock) { w.jump(-40 * aDay) }
	for name, c := range map[string]struct {
		wrong func(*wrongClock)
		// first tells that the account's first run is the one.
		first bool
	}{
		"40 days slow":              {wrong: slow},
		"a year ahead":              {wrong: func(w *wrongClock) { w.jump(aYear) }},
		"first run in 1970":         {wrong: (*wrongClock).to1970, first: true},
		"first run 40 days slow":    {wrong: slow, first: true},
		"first run a year ahead":    {wrong: func(w *wrongClock) { w.jump(aYear) }, first: true},
		"first run 30 hours behind": {wrong: func(w *wrongClock) { w.jump(-30 * time.Hour) }, first: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongClock(t)
			if !c.first {
				w.expect(0, "run")
			}
			c.wrong(w)
			fill(w.box, 3)
			want := 75
			if c.first {
				want = 0 // nothing is known that contradicts it
			}
			w.expect(want, "run")
			w.expectInGmail(3)
			w.jump(0)
			w.expectRetention(3)
		})
	}
}

// A clock that jumps while a run is under way, right before and after it.
func TestClockThatJumpsDuringARun(t *testing.T) {
	for name, wrong := range map[string]func(*wrongClock){
		"to 1970":      (*wrongClock).to1970,
		"a year ahead": func(w *wrongClock) { w.jump(aYear) },
	} {
		for _, command := range []string{"UIDL", "import", "QUIT"} {
			t.Run(name+" at "+command, func(t *testing.T) {
				w := newWrongClock(t)
				fill(w.box, 2)
				w.expect(0, "run")
				w.box.Add("late", mail("late", "late\r\n"))
				once := sync.OnceFunc(func() { wrong(w) })
				w.setPOPFault(func(e pop3test.Event) pop3test.Fault {
					if e.Command == command {
						once()
					}
					return pop3test.Fault{}
				})
				w.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
					if command == "import" && r.Kind == gmailtest.KindImport {
						once()
					}
					return nil
				})
				w.pass(time.Hour)
				w.expect(0, "run")
				w.setPOPFault(nil)
				w.gmail.SetFault(nil)
				w.jump(0)
				w.expectRetention(3)
			})
		}
	}
}

// What nothing but a year's memory keeps from being imported again outlives
// a clock that is a year ahead, or was in 1970 when it was noted.
func TestJumpForgetsNothing(t *testing.T) {
	for name, keys := range map[string][]string{"fortnight": nil, "never": {`keep_messages = 1`}} {
		for wrongly, wrong := range map[string]func(*wrongClock){
			"to 1970":      (*wrongClock).to1970,
			"a year ahead": func(w *wrongClock) { w.jump(aYear + aDay) },
		} {
			t.Run(name+" "+wrongly, func(t *testing.T) {
				w := newWrongClock(t, keys...)
				if name == "never" {
					w.correct(`"14d"`, `"never"`)
				}
				w.box.Add("0", mail("0", "0\r\n"))
				w.expect(0, "run")
				fill(w.box, 3)
				w.expect(0, "run")
				backup := w.box.Messages()
				w.pass(15 * aDay)
				for range 2 { // keep_messages has gone by what was imported before
					w.expect(0, "run")
				}
				for range 3 {
					wrong(w)
					w.run("run")
					w.pass(aDay)
				}
				w.jump(0)
				w.pass(aDay)
				w.expect(0, "run")
				w.box.Clear()
				for _, m := range backup {
					w.box.AddMessage(m)
				}
				for range 3 {
					w.expect(0, "run")
				}
				w.expectInGmail(4)
			})
		}
	}
}

// While the clock is wrong the listed and the deleted change; none of that is
// forgotten either once it is right.
func TestWhatGoesUnderAClockIn1970IsRemembered(t *testing.T) {
	w := newWrongClock(t, `keep_messages = 2`)
	w.expect(0, "run")
	w.to1970()
	fill(w.box, 4)
	backup := w.box.Messages()
	w.expect(75, "run")
	w.expect(75, "run")
	w.expectLeft(w.box, 2)
	w.jump(0)
	w.pass(aDay)
	w.expect(0, "run")
	w.box.Clear()
	w.expect(0, "run")
	w.pass(aDay)
	w.expect(0, "run")
	for _, m := range backup {
		w.box.Add("restored-"+m.UID, m.Raw)
	}
	w.expect(0, "run")
	w.expectInGmail(4)
}

// Gmail's clock is the only witness; where it says nothing, or nonsense, the
// clock that jumped stays doubted.
func TestWitnessThatSaysNothing(t *testing.T) {
	for name, date := range map[string][]string{
		"none": nil, "nonsense": {"half past nine"}, "in 1970": {"Thu, 01 Jan 1970 00:00:00 GMT"}, "beyond": {"Fri, 31 Dec 9999 23:59:59 GMT"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongClock(t)
			fill(w.box, 3)
			w.expect(0, "run")
			w.pass(20 * aDay)
			w.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
				if r.Stage != gmailtest.StageAnswer {
					return nil
				}
				return &gmailtest.Fault{Status: http.StatusOK, Body: `{"labels":[]}`, Header: http.Header{"Date": date}}
			})
			for range 2 {
				w.run("run")
				w.expectLeft(w.box, 3)
				w.pass(2 * time.Hour)
			}
			w.expect(75, "run")
			w.expectLeft(w.box, 3)
			w.gmail.SetFault(nil)
			w.expect(0, "run")
			w.expectLeft(w.box, 0)
			w.expectInGmail(3)
		})
	}
}

// What was said while the clock was ahead doesn't keep it from being said
// again for a year, and a failure that began then doesn't pass for a short one.
func TestFailureUnderAClockThatWasAheadIsToldAgain(t *testing.T) {
	for name, c := range map[string]struct {
		exit int
		f    pop3test.Fault
		// silent is for how many of the runs, an hour apart, it is silent
		// once the clock is right.
		silent int
	}{
		"for a person": {77, pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [AUTH] no\r\n"), Close: true}, 0},
		"passing":      {69, pop3test.Fault{Kind: pop3test.Close}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongClock(t)
			w.expect(0, "run")
			w.jump(aYear)
			w.setPOPFault(strike("PASS", "", c.f))
			for range 2 {
				w.expect(c.exit, "run")
				w.pass(2 * time.Hour)
			}
			w.jump(0)
			for range c.silent {
				w.expect(c.exit, "run")
				w.expectSilence()
				w.pass(2 * time.Hour)
			}
			w.expect(c.exit, "run")
			w.expectSaid("popbridge: shop: ")
		})
	}
}

// A doubt that began under a wrong clock is settled: neither at once, when
// Gmail's index can't know yet, nor only a year later.
func TestDoubtThatBeganUnderAWrongClockIsSettled(t *testing.T) {
	for name, c := range map[string]struct{ before, after func(*wrongClock) }{
		"it was a year ahead": {func(w *wrongClock) { w.jump(aYear) }, func(w *wrongClock) { w.jump(0) }},
		"it was in 1970":      {(*wrongClock).to1970, func(w *wrongClock) { w.jump(0) }},
		"it is a year ahead":  {func(*wrongClock) {}, func(w *wrongClock) { w.jump(aYear) }},
		"it is in 1970":       {func(*wrongClock) {}, (*wrongClock).to1970},
	} {
		for _, stage := range []gmailtest.Stage{gmailtest.StageCommit, gmailtest.StageAnswer} {
			t.Run(name+" "+string(stage), func(t *testing.T) {
				w := newWrongClock(t)
				w.gmailExtra += "\naccess = \"verify\""
				w.configure()
				w.expect(0, "run")
				c.before(w)
				w.box.Add("a", mail("a", "x\r\n"))
				w.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, stage, gmailtest.Cut()))
				w.expect(75, "run")
				w.gmail.SetFault(unindexed())
				c.after(w)
				w.pass(20 * time.Second)
				w.run("run")
				w.gmail.SetFault(nil)
				for range 3 {
					w.pass(5 * time.Minute)
					w.run("run")
				}
				w.expectInGmail(1)
				w.expectStatuses(map[string]int{"imported": 1})
				w.jump(0)
				w.expectRetention(1)
			})
		}
	}
}

// unindexed has Gmail's search find nothing as yet.
func unindexed() func(gmailtest.Request) *gmailtest.Fault {
	return gmailtest.Times(-1, gmailtest.KindList, gmailtest.StageAnswer, &gmailtest.Fault{Status: http.StatusOK, Body: `{}`,
		Header: http.Header{"Content-Type": {"application/json"}}})
}
