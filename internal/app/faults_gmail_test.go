package app_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// step is an exchange with Gmail that faults are tried at.
type step struct {
	name string
	// is tells the requests of the exchange.
	is func(gmailtest.Request) bool
	// effect picks what a fault does to a run here: the exit code when it
	// strikes once, a slash, and that when it strikes each time.
	effect func(effect) string
	// late tells that a message in the body shows what exchange it is.
	late bool
	// bring lets the mail arrive for which there is this exchange.
	bring func(*gmailWorld)
	// mayDouble is the mail of which a doubt here can't be settled without a
	// double, and the like for access = "verify".
	mayDouble, mayDoubleVerified string
	// verify are the settings of access = "verify" to try.
	verify []bool
}

// effect tells what a fault does to a run, by kind of exchange. Where it is
// empty, the fault isn't tried.
type effect struct {
	ask   string // a question that can be asked again
	start string // of a resumable upload
	chunk string // but for the last one
	last  string // chunk
	whole string // message in one request
	look  string // into the mailbox, to settle a doubt
	token string // refreshed
}

func kind(k string) func(gmailtest.Request) bool {
	return func(r gmailtest.Request) bool { return r.Kind == k }
}

func uploading(how string) func(gmailtest.Request) bool {
	return func(r gmailtest.Request) bool {
		return r.Kind == gmailtest.KindImport && strings.Contains(r.Query, "uploadType="+how)
	}
}

// importOf tells imports of messages whose Message-ID begins so, or which have
// none.
func importOf(prefix string) func(gmailtest.Request) bool {
	return func(r gmailtest.Request) bool {
		return r.Kind == gmailtest.KindImport && strings.HasPrefix(r.MessageID, prefix) && (prefix != "") == (r.MessageID != "")
	}
}

func chunk(which string) func(gmailtest.Request) bool {
	return func(r gmailtest.Request) bool {
		place := "middle"
		switch {
		case r.Kind != gmailtest.KindChunk:
			return false
		case !strings.HasSuffix(r.Range, "/*"):
			place = "last"
		case strings.HasPrefix(r.Range, "bytes 0-"):
			place = "first"
		}
		return place == which
	}
}

// newLabel has the day's mail go under a label that Gmail doesn't have.
func newLabel(w *gmailWorld) {
	w.relabel("INBOX", fmt.Sprintf("Day %d/Mail", w.days))
	w.arrive("one", fmt.Sprintf("<one-%d@example.com>", w.days), "one\r\n")
	w.pair()
}

// relabel changes the account's labels.
func (w *gmailWorld) relabel(labels ...string) {
	for i, label := range labels {
		labels[i] = strconv.Quote(label)
	}
	table, _, _ := strings.Cut(w.tables[0], "labels =")
	w.tables[0] = table + "labels = [" + strings.Join(labels, ", ") + "]\n"
	w.configure()
}

// patience sets the time-out: one that a test can wait for, where it must.
func (w *gmailWorld) patience(short bool) {
	long, brief := `timeout = "10s"`, `timeout = "1s"`
	if short {
		long, brief = brief, long
	}
	w.tables[0] = strings.Replace(w.tables[0], brief, long, 1)
	w.configure()
}

// doubt leaves one import of today in doubt, for a later run to look at.
func doubt(w *gmailWorld) {
	w.arrive("one", fmt.Sprintf("<one-%d@example.com>", w.days), "one\r\n")
	w.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
	w.expect(75, "run")
	w.gmail.SetFault(nil)
	w.advance(3 * time.Minute)
	w.pair()
}

func gmailSteps() []step {
	ask := func(e effect) string { return e.ask }
	start := func(e effect) string { return e.start }
	chunks := func(e effect) string { return e.chunk }
	last := func(e effect) string { return e.last }
	whole := func(e effect) string { return e.whole }
	look := func(e effect) string { return e.look }
	token := func(e effect) string { return e.token }
	small, large := (*gmailWorld).smallMail, (*gmailWorld).largeMail
	insert, both, verify := []bool{false}, []bool{false, true}, []bool{true}
	return []step{
		{name: "token", is: kind(gmailtest.KindToken), effect: token, bring: small, verify: insert},
		{name: "labels.list", is: kind(gmailtest.KindLabelList), effect: ask, bring: newLabel, verify: insert},
		{name: "labels.create", is: kind(gmailtest.KindLabelCreate), effect: ask, bring: newLabel, verify: insert},
		{name: "import", is: uploading("multipart"), effect: whole, bring: small, verify: both, mayDouble: "bare", mayDoubleVerified: "bare"},
		{name: "import of a pair", is: importOf("<pair-"), late: true, effect: whole, bring: small, verify: both},
		{name: "import without Message-ID", is: importOf(""), late: true, effect: whole, bring: small, verify: insert, mayDouble: "bare"},
		{name: "insert", is: kind(gmailtest.KindInsert), effect: whole, bring: small, verify: both, mayDouble: "pair"},
		{name: "start", is: uploading("resumable"), effect: start, bring: large, verify: insert},
		{name: "first chunk", is: chunk("first"), effect: chunks, bring: large, verify: insert},
		{name: "middle chunk", is: chunk("middle"), effect: chunks, bring: large, verify: insert},
		{name: "last chunk", is: chunk("last"), effect: last, bring: large, verify: both},
		{name: "messages.list", is: kind(gmailtest.KindList), effect: look, bring: doubt, verify: verify},
		{name: "messages.get", is: kind(gmailtest.KindGet), effect: look, bring: doubt, verify: verify},
	}
}

// faultRow is one fault at one exchange.
type faultRow struct {
	step
	gmailFault
	each bool
	want []int
}

func (r faultRow) title() string {
	if r.each {
		return r.gmailFault.name + " each time"
	}
	return r.gmailFault.name
}

// rows gives the faults to try at a step, once and each time.
func rows(s step) (all []faultRow) {
	for _, f := range gmailFaults() {
		if s.late && f.stage != uncommitted && f.stage != unanswered {
			continue
		}
		for i, codes := range strings.Split(s.effect(f.effect), "/") {
			r := faultRow{step: s, gmailFault: f, each: i == 1}
			for code := range strings.SplitSeq(codes, "|") {
				if n, err := strconv.Atoi(code); err == nil {
					r.want = append(r.want, n)
				}
			}
			if len(r.want) > 0 {
				all = append(all, r)
			}
		}
	}
	return all
}

// some picks one row in sixteen, others at each step; of those with a large
// message, half as many. All of them take minutes with the race detector, and
// run where POPBRIDGE_FAULTS is "all".
func some(all []faultRow, s step) (picked []faultRow) {
	every := 16
	if s.effect(effect{whole: "x", ask: "x", look: "x", token: "x"}) == "" {
		every = 32
	}
	if os.Getenv("POPBRIDGE_FAULTS") == "all" {
		every = 1
	}
	for i := len(s.name) % every; i < len(all); i += every {
		picked = append(picked, all[i])
	}
	return picked
}

// TestEachFaultAtEachExchange has each thing that can go wrong with Gmail go
// wrong at each exchange with it, once and for a whole run. At once nothing is
// lost and what is due is deleted; the next ordinary run puts all right.
func TestEachFaultAtEachExchange(t *testing.T) {
	type world struct {
		step
		verify bool
	}
	var worlds []world
	for _, s := range gmailSteps() {
		for _, verify := range s.verify {
			worlds = append(worlds, world{s, verify})
		}
	}
	name := func(w world) string { return fmt.Sprintf("%s, verify %t", w.name, w.verify) }
	together(t, worlds, name, func(t *testing.T, o world) {
		w := newGmailWorld(t, o.verify)
		for _, row := range some(rows(o.step), o.step) {
			if !t.Run(row.title(), func(t *testing.T) { w.play(t, row) }) {
				w = newGmailWorld(t, o.verify)
			}
		}
	})
}

// play is one day on which a fault strikes.
func (w *gmailWorld) play(t *testing.T, row faultRow) {
	w.t = t
	due := w.newDay()
	w.patience(row.slow)
	row.bring(w)
	struck := 0
	fault := row.fault(w.now())
	w.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Stage != row.stage || !row.is(r) || struck > 0 && !row.each {
			return nil
		}
		struck++
		return fault
	})
	w.backoff = quick
	if row.slow {
		w.backoff = hurried
	}
	code := w.run("run")
	w.gmail.SetFault(nil)
	if struck == 0 || !slices.Contains(row.want, code) {
		t.Fatalf("exit %d, want %v, after %d strikes\nstderr: %s", code, row.want, struck, &w.err)
	}
	w.expectTone(code)
	w.expectNothingLost()
	w.expectDeleted(due)
	if code != 0 {
		w.putRight(code)
	}
	w.expectAllOnce(row.double(w.verify))
}

// expectTone wants silence where all is well or will be by itself.
func (w *gmailWorld) expectTone(code int) {
	w.t.Helper()
	switch code {
	case 0, 69, 75:
		w.expectSilence()
	default:
		w.expectSaid("popbridge: shop: ")
	}
}

// double names the mail that a doubt may double.
func (s step) double(verify bool) string {
	if verify {
		return s.mayDoubleVerified
	}
	return s.mayDouble
}

// putRight is the ordinary run after the fault, and another where a message
// has to wait until the doubt about one with its Message-ID has settled. What
// was refused is kept, and comes when a person wants it to.
func (w *gmailWorld) putRight(code int) {
	w.t.Helper()
	if w.verify { // a doubt needs so long to settle
		w.advance(3 * time.Minute)
	}
	if again := w.run("run"); again != 0 {
		w.expectSilence()
		if code != 75 || again != 75 {
			w.t.Fatalf("exit %d, then %d", code, again)
		}
		w.expectNothingLost()
		w.expect(0, "run")
	}
	w.expectSilence()
	if code == 65 {
		w.expectNothingLost()
		w.expect(0, "retry", "shop")
		w.expect(0, "run")
		w.expectSilence()
	}
}
