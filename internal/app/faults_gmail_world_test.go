package app_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// gmailWorld is a harness in which mail arrives day by day. Each day
// something goes wrong with Gmail; at its end all is well again, and the
// day's mail is due for deletion on the next.
type gmailWorld struct {
	*harness
	box    *pop3test.Mailbox
	verify bool
	days   int
	// arrived are the digests of all mail that the provider ever had, by UID.
	arrived map[string][32]byte
	// doubled counts the doubles that were allowed.
	doubled map[[32]byte]int
	// today are the UIDs of the mail that arrived today.
	today []string
}

// newGmailWorld gives a world whose Gmail folds and can't be searched, or,
// with verify, the other way round.
func newGmailWorld(t *testing.T, verify bool) *gmailWorld {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = !verify })
	if verify {
		h.gmailExtra += "\naccess = \"verify\""
	}
	h.backoff = quick
	w := &gmailWorld{harness: h, verify: verify, arrived: map[string][32]byte{}, doubled: map[[32]byte]int{}}
	w.box = h.account("shop", `retention = "1d"`, `timeout = "10s"`)
	w.arrive("first", "<first@example.com>", "x\r\n")
	h.expect(0, "run")
	return w
}

// quick is a backoff that a test can wait for.
func quick(attempt int, retryAfter time.Duration, rnd float64) time.Duration {
	pause := gmail.Backoff(attempt, retryAfter, rnd)
	if pause <= time.Minute {
		return pause / 200
	}
	return pause
}

// hurried is a backoff that ends a run at its second failure.
func hurried(attempt int, retryAfter time.Duration, rnd float64) time.Duration {
	if attempt > 0 {
		return time.Hour
	}
	return quick(attempt, retryAfter, rnd)
}

// arrive adds a message of today, with a Message-ID field where one is given.
func (w *gmailWorld) arrive(name, messageID, body string) {
	uid := fmt.Sprintf("%s-%d", name, w.days)
	header := "From: orders@example.com\r\nSubject: " + uid + "\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\n"
	if messageID != "" {
		header += "Message-ID: " + messageID + "\r\n"
	}
	raw := []byte(header + "\r\n" + body)
	w.box.Add(uid, raw)
	w.arrived[uid] = sha256.Sum256(raw)
	w.today = append(w.today, uid)
}

// newDay lets the mail of yesterday fall due, and gives its UIDs.
func (w *gmailWorld) newDay() (due []string) {
	w.days++
	w.advance(25 * time.Hour)
	due, w.today = w.today, nil
	return due
}

// smallMail brings two plain messages, a pair that shares a Message-ID, and
// one without.
func (w *gmailWorld) smallMail() {
	for _, name := range []string{"one", "two"} {
		w.arrive(name, fmt.Sprintf("<%s-%d@example.com>", name, w.days), name+"\r\n")
	}
	w.pair()
	w.arrive("bare", "", "no Message-ID\r\n")
}

func (w *gmailWorld) pair() {
	id := fmt.Sprintf("<pair-%d@example.com>", w.days)
	w.arrive("pairA", id, "one body\r\n")
	w.arrive("pairB", id, "and another\r\n")
}

// largeMail brings a message of three chunks, and a small one.
func (w *gmailWorld) largeMail() {
	line := strings.Repeat("0123456789", 7) + strconv.Itoa(w.days) + "\r\n"
	w.arrive("large", fmt.Sprintf("<large-%d@example.com>", w.days), strings.Repeat(line, (8<<20)/len(line)+10))
	w.arrive("small", fmt.Sprintf("<small-%d@example.com>", w.days), "x\r\n")
}

// copies counts what Gmail has, by digest.
func (w *gmailWorld) copies() map[[32]byte]int {
	n := map[[32]byte]int{}
	for _, m := range w.gmail.Messages(w.address) {
		n[m.Digest]++
	}
	return n
}

// expectNothingLost wants each message that the provider has no more to be in
// Gmail, byte for byte.
func (w *gmailWorld) expectNothingLost() {
	w.t.Helper()
	copies, left := w.copies(), w.box.UIDs()
	for uid, digest := range w.arrived {
		if copies[digest] == 0 && !slices.Contains(left, uid) {
			w.t.Fatalf("%s is lost\nstderr: %s", uid, &w.err)
		}
	}
}

func (w *gmailWorld) expectDeleted(due []string) {
	w.t.Helper()
	left := w.box.UIDs()
	for _, uid := range due {
		if slices.Contains(left, uid) {
			w.t.Fatalf("%s is due and was not deleted\nstderr: %s", uid, &w.err)
		}
	}
}

// expectAllOnce wants each message in Gmail byte for byte exactly once, but
// for one double, today, of mail with the name given.
func (w *gmailWorld) expectAllOnce(mayDouble string) {
	w.t.Helper()
	copies, total := w.copies(), 0
	for uid, digest := range w.arrived {
		again := copies[digest] - 1 - w.doubled[digest]
		if again == 1 && mayDouble != "" && strings.HasPrefix(uid, mayDouble) && slices.Contains(w.today, uid) {
			mayDouble = ""
			w.doubled[digest]++
			again = 0
		}
		if again != 0 {
			w.t.Fatalf("%s is %d times in Gmail\nstderr: %s", uid, copies[digest], &w.err)
		}
		total += copies[digest]
	}
	w.expectInGmail(total)
}

// together runs tests that wait more than they work, all at once.
func together[T any](t *testing.T, all []T, name func(T) string, test func(*testing.T, T)) {
	var running sync.WaitGroup
	for _, one := range all {
		running.Go(func() { t.Run(name(one), func(t *testing.T) { test(t, one) }) })
	}
	running.Wait()
}
