package bridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/popbridge/popbridge/state"
)

// Ledger is what the bridge needs of the durable state. What a method wrote
// is on disk when it returns.
type Ledger interface {
	Records(ctx context.Context, account string) ([]state.Record, error)
	Account(ctx context.Context, name string) (state.Account, error)
	Accounts(ctx context.Context) ([]state.Account, error)
	Forget(ctx context.Context, account string, lastListedBefore time.Time) (int, error)
	ByGmailID(ctx context.Context, destination, gmailID string) ([]state.Record, error)
	Notices(ctx context.Context, account string) ([]state.Notice, error)
	Write(ctx context.Context, change func(*state.Writer) error) error
	Transact(ctx context.Context, apply func(state.Tx) error) error
}

// book holds an account's rows while its lock is held, so that the run is the
// only one to change them. It is safe for several goroutines.
type book struct {
	ledger  Ledger
	account string

	mu   sync.Mutex
	rows map[string]state.Record
}

func openBook(ctx context.Context, l Ledger, account string) (*book, error) {
	records, err := l.Records(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("read the state of %s: %w", account, err)
	}
	b := &book{ledger: l, account: account, rows: make(map[string]state.Record, len(records))}
	for _, r := range records {
		b.rows[r.UID] = r
	}
	return b, nil
}

// all gives the rows, by UID.
func (b *book) all() []state.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := make([]state.Record, 0, len(b.rows))
	for _, uid := range slices.Sorted(maps.Keys(b.rows)) {
		rows = append(rows, b.rows[uid])
	}
	return rows
}

// latestImport is when the last import was, zero where there was none.
func (b *book) latestImport() (latest time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rows {
		latest = later(latest, r.ImportedAt)
	}
	return latest
}

// anyListed tells whether the last whole listing had any message.
func (b *book) anyListed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rows {
		if r.Listed {
			return true
		}
	}
	return false
}

func (b *book) get(uid string) state.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows[uid]
}

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
	b.rows[uid] = r
	return nil
}

// errNoRow: a message that is worked on has a row since it was listed.
var errNoRow = errors.New("there is no such row")

// rewrite removes rows, puts others and adds notices, in one transaction.
func (b *book) rewrite(ctx context.Context, remove []string, put []state.Record, notices ...state.Notice) error {
	if len(remove) == 0 && len(put) == 0 {
		return nil
	}
	err := b.ledger.Write(ctx, func(w *state.Writer) error {
		if err := w.Remove(b.account, remove...); err != nil {
			return err
		}
		for _, n := range notices {
			if err := w.AddNotice(n); err != nil {
				return err
			}
		}
		return w.Put(put...)
	})
	if err != nil {
		return fmt.Errorf("record the listing of %s: %w", b.account, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, uid := range remove {
		delete(b.rows, uid)
	}
	for _, r := range put {
		b.rows[r.UID] = r
	}
	return nil
}
