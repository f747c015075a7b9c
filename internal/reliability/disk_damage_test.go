package reliability_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// pageSize is that of the state file, in octets.
const pageSize = 4096

// withdraw takes messages out of the world, as if they had never been sent.
func (w *diskWorld) withdraw(user string, uids ...string) {
	for _, uid := range uids {
		w.pop.Mailbox(user).Remove(uid)
		delete(w.sent[user], uid)
	}
}

// foldingRun is a busyRun without the two messages that share a Message-ID:
// where the state has forgotten one of them, Gmail alone can't keep them apart.
func foldingRun(t *testing.T) *diskWorld {
	w := busyRun(t, diskOptions{gmail: gmailtest.Options{Fold: true}})
	w.withdraw("shop", "same1", "same2")
	return w
}

// TestPageDamaged: each page of the state file in turn is not what it was.
// The run says so, or never needs that page; nothing is deleted that Gmail
// doesn't have, and with the backup in place all goes on.
func TestPageDamaged(t *testing.T) {
	for page := range pagesOfAState(t) {
		t.Run(fmt.Sprint(page), func(t *testing.T) {
			t.Parallel()
			w := foldingRun(t)
			backup, err := os.ReadFile(w.state)
			w.must(err)
			damaged := bytes.Clone(backup)
			for i := page * pageSize; i < (page+1)*pageSize; i++ {
				damaged[i] = byte(rand.Uint32())
			}
			w.must(os.WriteFile(w.state, damaged, 0o600))
			o := w.run("run")
			told := strings.Contains(o.stderr, w.state+" is damaged: ") && strings.Contains(o.stderr, "hint: ")
			if o.code != 65 && (o.code != 73 || !told) {
				t.Errorf("page %d was damaged: %s", page, o)
			}
			w.restore(backup)
			w.recover(neverImported...)
		})
	}
}

func pagesOfAState(t *testing.T) int64 {
	w := foldingRun(t)
	info, err := os.Stat(w.state)
	w.must(err)
	return info.Size() / pageSize
}

// restore puts a backup in the place of the state.
func (w *diskWorld) restore(backup []byte) {
	w.t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		w.must(os.RemoveAll(w.state + suffix))
	}
	w.must(os.WriteFile(w.state, backup, 0o600))
}

// TestLogTorn: the state's log ends anywhere, as a power cut may leave it on a
// disk that promised too much. The state is then that of an earlier moment,
// and Gmail and the provider are further on.
func TestLogTorn(t *testing.T) {
	for i := range 9 {
		t.Run(fmt.Sprint(i, " eighths"), func(t *testing.T) {
			t.Parallel()
			w := foldingRun(t)
			release := w.holdOpen()
			w.expect(65, "run")
			release()
			log, err := os.ReadFile(w.state + "-wal")
			w.must(err)
			if i == 8 {
				log = append(log, make([]byte, 5000)...)
			} else {
				log = log[:len(log)*i/8+rand.IntN(len(log)/8)]
			}
			w.must(os.WriteFile(w.state+"-wal", log, 0o600))
			w.recover(neverImported...)
		})
	}
}

// TestBackupRestored: the state is that of days ago, of a mailbox that was
// numbered otherwise. Mail comes again to Gmail, which folds it.
func TestBackupRestored(t *testing.T) {
	for _, verify := range []bool{false, true} {
		t.Run(fmt.Sprintf("verify %v", verify), func(t *testing.T) {
			t.Parallel()
			w := newDiskWorld(t, diskOptions{verify: verify, gmail: gmailtest.Options{Fold: true}})
			w.account("shop", `retention = "0"`)
			w.account("office")
			w.post("shop", "a", "b")
			w.post("office", "c", "d")
			w.expectSilence()
			backup, err := os.ReadFile(w.state)
			w.must(err)
			w.post("shop", "e")
			w.post("office", "f", "g")
			w.expectSilence()
			w.post("shop", "h")
			w.pop.Mailbox("office").RenumberAll(func(_ int, old string) string { return old + "-moved" })
			w.expectSilence()
			w.post("office", "i")
			w.restore(backup)
			w.expectSilence()
			w.expectSilence()
			w.checkOnce()
			if left := len(w.pop.Mailbox("shop").UIDs()) + len(w.pop.Mailbox("office").UIDs()); left != 5 {
				t.Errorf("%d messages are left on the provider", left)
			}
		})
	}
}
