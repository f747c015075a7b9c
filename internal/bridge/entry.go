package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/state"
)

// update changes one row, durably.
func (b *book) update(ctx context.Context, uid string, change func(*state.Record)) error {
	return b.transact(ctx, uid, func(_ state.Tx, r *state.Record) error {
		change(r)
		return nil
	})
}

// transact changes one row, as it stands, in a transaction that may look at
// others.
func (b *book) transact(ctx context.Context, uid string, change func(state.Tx, *state.Record) error) error {
	var r state.Record
	err := b.ledger.Transact(ctx, func(tx state.Tx) (err error) {
		var known bool
		if r, known, err = tx.Record(b.account, uid); err != nil {
			return err
		}
		if !known {
			return errNoRow
		}
		if err := change(tx, &r); err != nil {
			return err
		}
		return tx.Put(r)
	})
	if err != nil {
		return fmt.Errorf("record UID %s of %s: %w", state.EscapeUID(uid), b.account, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.set(r.Outline())
	return nil
}

// errNoRow: a message that is worked on has a row since it was listed.
var errNoRow = errors.New("there is no such row")

// entry is what one transaction writes.
type entry struct {
	remove  []string
	put     []state.Record
	notices []state.Notice
	// listed are rows of which nothing changed but that they were listed, at
	// a time.
	listed []string
	at     time.Time
}

func (e entry) fill(account string, w *state.Writer) error {
	if err := w.Remove(account, e.remove...); err != nil {
		return err
	}
	for _, n := range e.notices {
		if err := w.AddNotice(n); err != nil {
			return err
		}
	}
	if err := w.SetLastListed(account, e.at, e.listed...); err != nil {
		return err
	}
	return w.Put(e.put...)
}

// rewrite removes rows and puts others, in one transaction.
func (b *book) rewrite(ctx context.Context, remove []string, put []state.Record) error {
	return b.write(ctx, entry{remove: remove, put: put})
}

func (b *book) write(ctx context.Context, e entry) error {
	if len(e.remove)+len(e.put)+len(e.listed) == 0 {
		return nil
	}
	err := b.ledger.Write(ctx, func(w *state.Writer) error { return e.fill(b.account, w) })
	if err != nil {
		return fmt.Errorf("record the listing of %s: %w", b.account, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, uid := range e.remove {
		if i, ok := b.at[uid]; ok {
			b.rows[i] = nil
			delete(b.at, uid)
		}
	}
	for _, uid := range e.listed {
		if i, ok := b.at[uid]; ok {
			o := *b.rows[i]
			o.LastListed = state.MomentOf(e.at)
			b.rows[i] = &o
		}
	}
	for i := range e.put {
		b.set(e.put[i].Outline())
	}
	return nil
}

// set puts a row in its place. The caller holds the lock.
func (b *book) set(o state.Outline) {
	if i, ok := b.at[o.UID]; ok {
		b.rows[i] = &o
		return
	}
	b.at[o.UID] = int32(len(b.rows))
	b.rows = append(b.rows, &o)
}
