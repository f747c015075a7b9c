package reliability_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// midway is a world with a run in its midst: Gmail has a message of shop and
// hasn't answered yet.
func midway(t *testing.T) (w *diskWorld, first *beside, g *gate) {
	t.Helper()
	w = newDiskWorld(t, diskOptions{gmail: gmailtest.Options{Fold: true}})
	w.account("shop", `retention = "0"`)
	w.account("office")
	w.postRaw("shop", "refused", []byte("Subject: no From\r\n\r\nx\r\n"))
	w.post("shop", "old")
	w.expect(65, "run")
	w.post("shop", "new")
	g = w.holdUp("<shop.new@example.com>")
	first = w.start("run")
	<-g.reached
	return w, first, g
}

// TestVerbsDuringARun: what would change the account under a run waits for
// its end, what reads or is of another account doesn't.
func TestVerbsDuringARun(t *testing.T) {
	t.Parallel()
	w, first, g := midway(t)
	w.post("office", "other")
	if o := w.expect(75, "run"); o.stdout+o.stderr != "" {
		t.Errorf("a second run said %s", o)
	}
	if w.copies(w.sent["office"]["other"]) != 1 {
		t.Error("a second run left the other account alone as well")
	}
	before := w.expect(0, "state", "export").stdout
	for _, args := range [][]string{
		{"adopt", "shop"}, {"retry", "shop"}, {"retry", "shop", "refused"}, {"drop", "--yes", "shop", "refused"},
		{"state", "import"}, {"state", "move", "shop", "till"}, {"state", "move", "office", "till"}, {"state", "move", "shop", "shop"},
	} {
		w.stdin = before
		if o := w.expect(75, args...); !strings.Contains(o.stderr, "shop: another run has the account\nhint: ") || o.stdout != "" {
			t.Errorf("popbridge %q: %s", args, o)
		}
	}
	for _, args := range [][]string{{"status"}, {"status", "--json"}, {"run", "--dry-run"}, {"adopt", "office"}} {
		w.expect(0, args...)
	}
	if o := w.expect(0, "save", "shop", "refused"); o.stdout != string(w.sent["shop"]["refused"]) {
		t.Errorf("saved %q", o.stdout)
	}
	if after := w.expect(0, "state", "export").stdout; after != before {
		t.Errorf("the state was %s and is %s", before, after)
	}
	g.open()
	if o := first.finish(); o.code != 0 || o.stderr != "" {
		t.Errorf("the run was disturbed: %s", o)
	}
	w.recover("refused")
	if left := w.pop.Mailbox("shop").UIDs(); len(left) != 1 {
		t.Errorf("%q are left in shop", left)
	}
}

// TestLoginDuringARun: the run goes on, and the new token is the one that
// counts.
func TestLoginDuringARun(t *testing.T) {
	t.Parallel()
	w, first, g := midway(t)
	old, err := os.ReadFile(w.token)
	w.must(err)
	login := w.start("login")
	w.allow(login)
	if o := login.finish(); o.code != 0 {
		t.Errorf("login: %s", o)
	}
	g.open()
	if o := first.finish(); o.code != 0 || o.stderr != "" {
		t.Errorf("the run was disturbed: %s", o)
	}
	if now, err := os.ReadFile(w.token); err != nil || string(now) == string(old) {
		t.Errorf("the token is %q, %v", now, err)
	}
	w.recover("refused")
}

// TestFirstRunsAtTheSameTime: nobody has made the state yet. Each account has
// a letter with the Message-ID of all, which Gmail would take for one.
func TestFirstRunsAtTheSameTime(t *testing.T) {
	t.Parallel()
	w := newDiskWorld(t, diskOptions{gmail: gmailtest.Options{Fold: true}})
	w.state = ""
	names := []string{"one", "two", "three", "four"}
	for _, name := range names {
		w.account(name, `retention = "0"`)
		w.post(name, "own1", "own2")
		w.postRaw(name, "same", letter("same", "of "+name))
	}
	var runs []*beside
	for _, name := range names {
		runs = append(runs, w.start("run", name))
	}
	for _, r := range runs {
		// One whose turn with the Message-ID didn't come leaves it to the next.
		if o := r.finish(); o.code != 0 && o.code != 75 || o.stdout+o.stderr != "" {
			t.Errorf("a first run: %s", o)
		}
	}
	for range 3 {
		w.expectSilence()
	}
	w.checkOnce()
	for _, name := range names {
		if left := w.pop.Mailbox(name).UIDs(); len(left) > 0 {
			t.Errorf("%q are left in %s", left, name)
		}
	}
	made := filepath.Join(w.dir, ".local", "state", "popbridge")
	for dir := made; dir != w.dir && runtime.GOOS == "linux"; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s is %v, %v", dir, info, err)
		}
	}
}

// TestSameMessageIDInTwoProcesses: while nobody knows what Gmail made of one
// message, another process keeps from it what Gmail would fold into that.
func TestSameMessageIDInTwoProcesses(t *testing.T) {
	t.Parallel()
	w := newDiskWorld(t, diskOptions{gmail: gmailtest.Options{Fold: true}})
	for _, name := range []string{"one", "two"} {
		w.account(name, `retention = "0"`)
		w.postRaw(name, "same", letter("same", "of "+name))
	}
	w.post("two", "other")
	g := w.holdUp("of one\r\n")
	first := w.start("run", "one")
	<-g.reached
	if o := w.expect(75, "run", "two"); o.stdout+o.stderr != "" {
		t.Errorf("the second process said %s", o)
	}
	if w.copies(w.sent["two"]["other"]) != 1 || w.copies(w.sent["two"]["same"]) != 0 {
		t.Error("the second process brought the wrong message")
	}
	g.open()
	if o := first.finish(); o.code != 0 {
		t.Errorf("the first process: %s", o)
	}
	w.recover()
}

// TestQuotaOfTwoProcesses: accounts of two processes share a destination. The
// stand-in's minute lasts a second, and holds one and a half times what is
// configured: each process alone would use all that is configured.
func TestQuotaOfTwoProcesses(t *testing.T) {
	t.Parallel()
	const perSecond, each = 40, 40
	began := time.Now()
	fast := func() time.Time { return began.Add(60 * time.Since(began)) }
	w := newDiskWorld(t, diskOptions{gmail: gmailtest.Options{UnitsPerMinute: perSecond * 25 * 3 / 2, Now: fast}})
	w.destination = fmt.Sprintf("units_per_minute = %d", perSecond*25*60)
	for _, name := range []string{"one", "two"} {
		w.account(name)
		for i := range each {
			w.post(name, fmt.Sprint(i))
		}
	}
	one, two := w.start("run", "one"), w.start("run", "two")
	for _, b := range []*beside{one, two} {
		if o := b.finish(); o.code != 0 {
			t.Errorf("a run: %s", o)
		}
	}
	for _, r := range w.gmail.Requests() {
		if r.Status == 429 {
			t.Fatalf("over the quota: %+v", r)
		}
	}
	w.checkOnce()
}
