package bridge

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// Ledger is what the bridge needs of the durable state. What a method wrote
// is on disk when it returns.
type Ledger interface {
	Shelf
	Account(ctx context.Context, name string) (state.Account, error)
	AccountsOf(ctx context.Context, mailbox string) ([]state.Account, error)
	Forget(ctx context.Context, account string, lastListedBefore time.Time) (int, error)
	ByGmailID(ctx context.Context, destination, gmailID string) ([]state.Record, error)
	Notices(ctx context.Context, account string) ([]state.Notice, error)
	Write(ctx context.Context, change func(*state.Writer) error) error
	Transact(ctx context.Context, apply func(state.Tx) error) error
}

// Shelf is where rows are read.
type Shelf interface {
	Outlines(ctx context.Context, account string) iter.Seq2[state.Outline, error]
	Rows(ctx context.Context, account string, uids ...string) ([]state.Record, error)
}

// book holds the outlines of an account's rows while its lock is held, so that
// the run is the only one to change the rows. It is safe for several
// goroutines.
type book struct {
	ledger  Ledger
	account string

	mu sync.Mutex
	// rows never change: another takes the place of one that did, so that
	// who was given it reads in peace. Where one was removed there is nil.
	rows []*state.Outline
	// at are the places by UID.
	at map[string]int32
}

// rowsInBlock is how many rows are allocated together: as many as fit into
// 8 KiB.
const rowsInBlock = 44

func openBook(ctx context.Context, l Ledger, account string) (*book, error) {
	b := &book{ledger: l, account: account}
	// In blocks, they are had at once and without gaps.
	var block []state.Outline
	for o, err := range l.Outlines(ctx, account) {
		if err != nil {
			return nil, fmt.Errorf("read the state of %s: %w", account, err)
		}
		if len(block) == cap(block) {
			block = make([]state.Outline, 0, rowsInBlock)
		}
		block = append(block, o)
		b.rows = append(b.rows, &block[len(block)-1])
	}
	b.at = make(map[string]int32, len(b.rows))
	for i, r := range b.rows {
		b.at[r.UID] = int32(i)
	}
	return b, nil
}

// all gives the rows: by UID, and then what came since.
func (b *book) all() []*state.Outline {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.rows), func(r *state.Outline) bool { return r == nil })
}

// match gives the rows, and where among them the row of each entry's UID is,
// -1 where there is none.
func (b *book) match(entries []pop3.Entry) (rows []*state.Outline, places []int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.compact()
	return slices.Clone(b.rows), placesOf(entries, b.at)
}

// compact closes up where rows were removed.
func (b *book) compact() {
	if len(b.rows) == len(b.at) {
		return
	}
	b.rows = slices.DeleteFunc(b.rows, func(r *state.Outline) bool { return r == nil })
	for i, r := range b.rows {
		b.at[r.UID] = int32(i)
	}
}

// divide gives the rows of UIDs, and the others.
func (b *book) divide(uids iter.Seq[string]) (those, others []*state.Outline) {
	b.mu.Lock()
	defer b.mu.Unlock()
	named := make([]bool, len(b.rows))
	for uid := range uids {
		if i, ok := b.at[uid]; ok {
			named[i] = true
		}
	}
	those = make([]*state.Outline, 0, len(b.rows))
	for i, r := range b.rows {
		switch {
		case r == nil:
		case named[i]:
			those = append(those, r)
		default:
			others = append(others, r)
		}
	}
	return those, others
}

// latestImport is when the last import was, zero where there was none.
func (b *book) latestImport() time.Time {
	var latest state.Moment
	for _, r := range b.all() {
		latest = max(latest, r.ImportedAt)
	}
	return latest.Time()
}

// anyListed tells whether the last whole listing had any message that
// something has become of.
func (b *book) anyListed() bool {
	return slices.ContainsFunc(b.all(), func(r *state.Outline) bool { return r.Listed && (r.Status != state.Pending || r.InDoubt()) })
}

// get gives a row, an empty one where there is none.
func (b *book) get(uid string) *state.Outline {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i, ok := b.at[uid]; ok {
		return b.rows[i]
	}
	return &state.Outline{}
}

// record reads a whole row, which must be there.
func (b *book) record(ctx context.Context, uid string) (state.Record, error) {
	rows, err := b.records(ctx, []string{uid})
	if err != nil {
		return state.Record{}, err
	}
	return rows[0], nil
}

// records reads whole rows, all of which must be there.
func (b *book) records(ctx context.Context, uids []string) ([]state.Record, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	rows, err := b.ledger.Rows(ctx, b.account, uids...)
	if err == nil && len(rows) < len(uids) {
		err = errNoRow
	}
	if err != nil {
		return nil, fmt.Errorf("read the state of %s: %w", b.account, err)
	}
	return rows, nil
}
