//go:build unix

package reliability_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// frame is what a page takes in SQLite's write-ahead log, in octets.
	frame = 4096 + 24
	// block is the unit of ulimit -f.
	block = 512
)

// limit makes every write past so many octets of any file fail: setrlimit(2),
// RLIMIT_FSIZE. No privileges are needed for it.
func (w *diskWorld) limit(octets int64) {
	w.wrap = []string{"sh", "-c", `ulimit -f "$0" && exec "$@"`, fmt.Sprint(octets / block)}
}

// framesOfABusyRun measures how many pages it writes.
func framesOfABusyRun(t *testing.T) int64 {
	w := busyRun(t, diskOptions{})
	defer w.holdOpen()()
	w.expect(65, "run")
	return w.logged() / frame
}

// logged is the size of the state's log, in octets, while it is held open.
func (w *diskWorld) logged() int64 {
	w.t.Helper()
	info, err := os.Stat(w.state + "-wal")
	w.must(err)
	return info.Size()
}

// TestDiskFullAtEachWrite lets the state's log grow to so many pages and no
// further. All the numbers of pages that the run would write take a while, so
// it is a third of them, another one each time, unless all are asked for. Two
// runs don't write quite as many pages: one may get by, within the limit.
func TestDiskFullAtEachWrite(t *testing.T) {
	frames, step, first := framesOfABusyRun(t), int64(3), rand.Int64N(3)
	if os.Getenv("POPBRIDGE_EACH_WRITE") != "" {
		step, first = 1, 0
	}
	if frames < 40 {
		t.Fatalf("it wrote %d pages, too few to be stopped at", frames)
	}
	for k := first; k < frames; k += step {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			t.Parallel()
			w := busyRun(t, diskOptions{})
			release := w.holdOpen()
			limit := k*frame + frame/2
			w.limit(limit)
			if !w.diskFault("run") && w.logged() > limit {
				t.Errorf("its log has %d octets; more than %d were to fail", w.logged(), limit)
			}
			w.wrap = nil
			release()
			w.recoverBusy()
		})
	}
}

// diskFault runs a command whose disk may fail it, and that then says so. It
// tells whether the disk did; a run that got by with fewer writes is well.
func (w *diskWorld) diskFault(args ...string) bool {
	w.t.Helper()
	o := w.run(args...)
	failed := strings.Contains(o.stderr, w.state+" cannot be ")
	if o.code == 65 && !failed {
		return false
	}
	if o.code != 73 || !failed || !strings.Contains(o.stderr, "hint: ") {
		w.t.Errorf("its disk failed: %s", o)
	}
	return true
}

// expectDiskFault runs a command that its disk fails for sure.
func (w *diskWorld) expectDiskFault(args ...string) {
	w.t.Helper()
	if !w.diskFault(args...) {
		w.t.Errorf("its disk didn't fail %q", args)
	}
}

// TestDiskFullForSmallFiles is a disk on which not even the state's shared
// memory has room, or its first page, or its file at all.
func TestDiskFullForSmallFiles(t *testing.T) {
	for _, known := range []bool{false, true} {
		for _, octets := range []int64{0, block, 4096, 10_000, 32_768 - block, 32_768} {
			t.Run(fmt.Sprintf("known %v, %d octets", known, octets), func(t *testing.T) {
				t.Parallel()
				w := newDiskWorld(t, diskOptions{verify: true})
				w.account("shop", `retention = "0"`)
				w.post("shop", "one")
				if known {
					w.expectSilence()
					w.post("shop", "two")
				}
				w.limit(octets)
				w.expectDiskFault("run")
				// Who looks into it needs no room.
				w.expect(0, "status")
				w.expect(0, "run", "--dry-run")
				w.wrap = nil
				w.checkFolder()
				w.recover()
			})
		}
	}
}

// checkFolder fails where something was left behind beside the state.
func (w *diskWorld) checkFolder() {
	w.t.Helper()
	entries, err := os.ReadDir(filepath.Dir(w.state))
	w.must(err)
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, "state.db"), strings.HasSuffix(name, ".lock"), name == "spool":
		default:
			w.t.Errorf("%s was left behind", name)
		}
	}
}

// TestDiskFullInTheSpool: a message that doesn't fit keeps neither the others
// nor the deletions, and is not brought in part.
func TestDiskFullInTheSpool(t *testing.T) {
	w := newDiskWorld(t, diskOptions{verify: true})
	w.account("shop", `retention = "0"`)
	w.post("shop", "old")
	w.expectSilence()
	w.post("shop", "before")
	w.postRaw("shop", "large", letter("large", strings.Repeat("x", 300_000)))
	w.post("shop", "after")
	w.limit(150_000)
	o := w.expect(73, "run")
	if !strings.Contains(o.stderr, "popbridge: shop: fetch UID large of shop, ") || !strings.Contains(o.stderr, "hint: ") {
		t.Errorf("it said %s", o)
	}
	w.wrap = nil
	if w.copies(w.sent["shop"]["before"]) != 1 || len(w.pop.Mailbox("shop").UIDs()) != 3 {
		t.Errorf("Gmail has %d, the provider %q", len(w.gmail.Messages(gmailAddress)), w.pop.Mailbox("shop").UIDs())
	}
	w.recover()
}
