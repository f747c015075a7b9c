package reliability_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/state"
)

// ledger is what must be where, kept outside of popbridge.
type ledger struct {
	mu   sync.Mutex
	mail map[[32]byte]*mailing
	// stored are the digests of the messages in Gmail so far, by id; order
	// has the ids as they came, of which counted were looked at.
	stored  map[string][32]byte
	order   []string
	counted int
	// rows are those of the state when the last process was gone.
	rows map[string][]state.Record
	// before is what the mailboxes had then.
	before map[*killAccount]map[*mailing]int
}

// book notes a message that a provider is about to get.
func (l *ledger) book(m *mailing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mail[m.digest] = m
	m.sent++
}

// readRows reads the rows of accounts, in the order of a real reader: popbridge
// may be running, or have died in the midst.
func readRows(path string, accounts []*killAccount) (rows map[string][]state.Record, err error) {
	ctx := context.Background()
	db, err := state.Open(ctx, path, state.Options{Mode: state.ReadOnly})
	if errors.Is(err, state.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows = map[string][]state.Record{}
	for _, a := range accounts {
		if rows[a.name], err = db.Records(ctx, a.name); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// refresh learns what has come into Gmail, which loses nothing here.
func (l *ledger) refresh(g *gmailtest.Server) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range g.Messages(killAddress)[len(l.order):] {
		l.stored[m.ID] = m.Digest
		l.order = append(l.order, m.ID)
	}
}

// acknowledged tells why a row doesn't allow a message to be deleted; nil
// where it does.
func (l *ledger) acknowledged(r state.Record, m *mailing) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m == nil || r.Status != state.Imported || r.GmailID == "" {
		return fmt.Errorf("its row says %q, Gmail id %q", r.Status, r.GmailID)
	}
	if digest, ok := l.stored[r.GmailID]; !ok || digest != m.digest {
		return fmt.Errorf("Gmail's message %q isn't it", r.GmailID)
	}
	return nil
}

// balance is held after each process: nothing is lost at any moment, what
// vanished was acknowledged before the run began, and what came into Gmail
// unrecorded was in flight when the process was killed.
func (w *killWorld) balance(c *child) {
	w.t.Helper()
	rows, err := w.readRows()
	if err != nil {
		w.t.Fatalf("read the state after the process: %v", err)
	}
	w.refresh(w.gmail)
	w.countOrphans(c, rows)
	present := map[*killAccount]map[*mailing]int{}
	total := map[*mailing]int{}
	for _, a := range w.accounts {
		present[a] = a.box.present()
		for m, n := range present[a] {
			total[m] += n
		}
		w.checkVanished(a, present[a], rows[a.name])
		w.countUnrecorded(c, a, present[a], rows[a.name])
	}
	inGmail := map[[32]byte]bool{}
	for _, digest := range w.stored {
		inGmail[digest] = true
	}
	for _, m := range w.mail {
		if total[m] == 0 && !inGmail[m.digest] {
			w.t.Fatalf("a message of %d octets is neither at the provider nor in Gmail:\n%.300s", len(m.raw), m.raw)
		}
	}
	w.rows, w.before = rows, present
}

// countOrphans books what came into Gmail and whose id no row has. At most
// one of those that share a Message-ID, or lack one, is in flight at a time.
func (w *killWorld) countOrphans(c *child, rows map[string][]state.Record) {
	w.t.Helper()
	held := map[string]bool{}
	for _, records := range rows {
		for _, r := range records {
			held[r.GmailID] = true
		}
	}
	byID := map[string]int{}
	fresh := w.order[w.counted:]
	w.counted = len(w.order)
	for _, id := range fresh {
		m := w.mail[w.stored[id]]
		switch {
		case m == nil:
			w.t.Fatalf("Gmail has a message that nobody sent: %s", id)
		case held[id]:
			continue
		case !c.killed():
			w.t.Errorf("a run that wasn't killed left %s unrecorded", id)
		}
		m.orphans++
		w.figures.orphans++
		if byID[m.messageID]++; byID[m.messageID] > 1 {
			w.t.Errorf("two messages with Message-ID %q were in flight at once", m.messageID)
		}
	}
}

// checkVanished holds what is gone from a mailbox against the rows that there
// were before the run: only what was acknowledged then, or was in doubt and is
// settled now, may be deleted.
func (w *killWorld) checkVanished(a *killAccount, present map[*mailing]int, now []state.Record) {
	w.t.Helper()
	settled := map[string]bool{}
	for _, r := range now {
		settled[r.UID] = w.acknowledged(r, w.byDigest(r.Digest)) == nil
	}
	allowed := map[*mailing]int{}
	for _, r := range w.rows[a.name] {
		m := w.byDigest(r.Digest)
		if w.acknowledged(r, m) == nil || r.InDoubt() && settled[r.UID] {
			allowed[m]++
		}
	}
	for m, n := range w.before[a] {
		gone := n - present[m]
		if gone > allowed[m] {
			w.t.Errorf("%s: %d copies of a message were deleted, %d were acknowledged before:\n%.300s", a.name, gone, allowed[m], m.raw)
		}
		w.figures.deleted += max(gone, 0)
	}
}

// countUnrecorded books what is gone from a mailbox without a record that it
// was deleted in this run.
func (w *killWorld) countUnrecorded(c *child, a *killAccount, present map[*mailing]int, now []state.Record) {
	w.t.Helper()
	earlier := map[time.Time]bool{{}: true}
	for _, r := range w.rows[a.name] {
		earlier[r.DeletedAt.UTC()] = true
	}
	recorded := map[*mailing]int{}
	for _, r := range now {
		if !earlier[r.DeletedAt.UTC()] {
			recorded[w.byDigest(r.Digest)]++
		}
	}
	for m, n := range w.before[a] {
		lost := max(n-present[m]-recorded[m], 0)
		if lost > 0 && !c.killed() && !w.leftBehind {
			w.t.Errorf("%s: a run that wasn't killed left %d deletions unrecorded", a.name, lost)
		}
		m.unrecorded += lost
		w.figures.unrecorded += lost
	}
}

// byDigest finds a message, nil where there is none.
func (l *ledger) byDigest(text string) *mailing {
	digest, err := hex.DecodeString(text)
	if err != nil || len(digest) != sha256.Size {
		return nil
	}
	return l.find([sha256.Size]byte(digest))
}

func (l *ledger) find(digest [sha256.Size]byte) *mailing {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mail[digest]
}
