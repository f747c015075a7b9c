package reliability_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
	"github.com/popbridge/popbridge/state"
)

// popBox is a mailbox of pop3test.
type popBox struct {
	box *pop3test.Mailbox

	mu     sync.Mutex
	serial int
	uids   map[string]*mailing
}

func (b *popBox) put(m *mailing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	uid := b.newUID()
	b.uids[uid] = m
	b.box.Add(uid, m.raw)
}

// newUID is called with mu held.
func (b *popBox) newUID() string {
	b.serial++
	return fmt.Sprintf("uid%d", b.serial)
}

func (b *popBox) of(uid string) *mailing {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.uids[uid]
}

func (b *popBox) present() map[*mailing]int {
	n := map[*mailing]int{}
	for _, uid := range b.box.UIDs() {
		n[b.of(uid)]++
	}
	return n
}

// remove takes a message away, as another device does.
func (b *popBox) remove(m *mailing) {
	for _, uid := range b.box.UIDs() {
		if b.of(uid) == m {
			b.box.Remove(uid)
			return
		}
	}
}

// renumber gives messages other UIDs: all of them, or each with even odds. No
// session may be open. Which of two identical messages is which nobody could
// tell after, so they keep theirs.
func (b *popBox) renumber(random *rand.Rand, all bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.box.RenumberAll(func(_ int, old string) string {
		m := b.uids[old]
		if m.sent > 1 || !all && random.IntN(2) == 0 {
			return old
		}
		uid := b.newUID()
		b.uids[uid] = m
		return uid
	})
}

// swap has two messages change their UIDs, as servers do that reuse them. Two of
// one size could only be told apart by looking at each.
func (b *popBox) swap(random *rand.Rand) {
	b.mu.Lock()
	defer b.mu.Unlock()
	uids := b.box.UIDs()
	if len(uids) < 2 {
		return
	}
	i, j := random.IntN(len(uids)), random.IntN(len(uids))
	x, y := b.uids[uids[i]], b.uids[uids[j]]
	if x.sent > 1 || y.sent > 1 || len(x.raw) == len(y.raw) {
		return
	}
	b.box.SetUID(uids[i], "swapping")
	b.box.SetUID(uids[j], uids[i])
	b.box.SetUID("swapping", uids[j])
	b.uids[uids[i]], b.uids[uids[j]] = y, x
}

// reorder puts the messages into another order.
func (b *popBox) reorder(random *rand.Rand) {
	messages := b.box.Messages()
	random.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	b.box.Clear()
	for _, m := range messages {
		b.box.AddMessage(m)
	}
}

// serve starts a pop3test with mailboxes.
func (w *killWorld) serve(o pop3test.Options, keys string, accounts ...*killAccount) []*killAccount {
	w.t.Helper()
	marks := marked{world: w, accounts: map[string]*killAccount{}, uids: map[int][]string{}}
	o.LockMailbox, o.Fault, o.Delay = true, marks.step, 300*time.Microsecond
	s, err := pop3test.Start(o)
	w.must(err)
	w.t.Cleanup(func() { w.must(s.Close()) })
	w.settled = append(w.settled, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		w.must(s.WaitIdle(ctx))
	})
	if o.TLS != pop3test.NoTLS {
		ca := fmt.Sprintf("ca%d.pem", s.Port())
		w.write(ca, s.CertificatePEM())
		keys += fmt.Sprintf("\ntls_ca = %q", ca)
	}
	for _, a := range accounts {
		a.box = &popBox{box: s.AddMailbox(a.name, "secret of "+a.name), uids: map[string]*mailing{}}
		a.keys += fmt.Sprintf("\nhost = %q\nport = %d\n%s", s.Host(), s.Port(), keys)
		a.port = s.Port()
		marks.accounts[a.name] = a
	}
	return accounts
}

// marked are the UIDs that sessions have marked for deletion, by session.
type marked struct {
	world    *killWorld
	accounts map[string]*killAccount
	uids     map[int][]string
}

// step sees each step of each session of a server, one at a time, before the
// server carries it out.
func (k *marked) step(e pop3test.Event) pop3test.Fault {
	k.world.pass("pop3 " + e.Command)
	switch e.Command {
	case "DELE":
		k.uids[e.Session] = append(k.uids[e.Session], e.UID)
	case "QUIT":
		if uids := k.uids[e.Session]; len(uids) > 0 {
			k.world.auditDeletions(k.accounts[e.User], uids)
		}
		delete(k.uids, e.Session)
	}
	return pop3test.Fault{}
}

// auditDeletions is the last look before a server commits deletions: each
// must be acknowledged on disk, for the message that it stands for, by Gmail
// that has it octet for octet.
func (w *killWorld) auditDeletions(a *killAccount, uids []string) {
	rows, err := w.readRows()
	if err != nil {
		w.t.Errorf("read the state at a QUIT: %v", err)
		return
	}
	w.refresh(w.gmail)
	w.figures.audit(len(uids))
	for _, uid := range uids {
		i := slices.IndexFunc(rows[a.name], func(r state.Record) bool { return r.UID == uid })
		if i < 0 {
			w.t.Errorf("%s: %s is about to be deleted and has no row", a.name, uid)
			continue
		}
		m := a.box.(*popBox).of(uid)
		if err := w.acknowledged(rows[a.name][i], m); err != nil {
			w.t.Errorf("%s: %s is about to be deleted: %v", a.name, uid, err)
		}
	}
}

// sortedMail gives the messages of a mailbox in an order that a seed repeats.
func sortedMail(present map[*mailing]int) []*mailing {
	return slices.SortedFunc(maps.Keys(present), func(a, b *mailing) int { return slices.Compare(a.raw, b.raw) })
}
