package bridge

import (
	"context"
	"fmt"

	"github.com/popbridge/popbridge/state"
)

// Ask gives refused or adopted messages another try, and those set aside:
// the ones named, or without names all refused and set aside. It tells how
// many. The caller holds the account's lock.
func Ask(ctx context.Context, l Ledger, account string, uids []string) (int, error) {
	b, err := openBook(ctx, l, account)
	if err != nil {
		return 0, err
	}
	if len(uids) == 0 {
		for _, r := range b.all() {
			if (r.Status == state.Refused || r.Breaks >= breaksUntilSetAside) && r.Listed {
				uids = append(uids, r.UID)
			}
		}
	}
	rows, err := b.named(ctx, uids, func(r *state.Outline) bool { return mayGo(r) || r.Status == state.Pending && r.Breaks > 0 })
	if err != nil {
		return 0, err
	}
	for i := range rows {
		r := &rows[i]
		r.Status, r.Retried, r.Dropped, r.Reason, r.Breaks = state.Pending, true, false, "", 0
	}
	return len(rows), b.rewrite(ctx, nil, rows)
}

// CanLetGo tells why messages may not be let go, if so.
func CanLetGo(ctx context.Context, l Ledger, account string, uids []string) error {
	b, err := openBook(ctx, l, account)
	if err != nil {
		return err
	}
	_, err = b.named(ctx, uids, mayGo)
	return err
}

// LetGo lets the next run delete refused or adopted messages. The caller
// holds the account's lock.
func LetGo(ctx context.Context, l Ledger, account string, uids []string) (int, error) {
	b, err := openBook(ctx, l, account)
	if err != nil {
		return 0, err
	}
	rows, err := b.named(ctx, uids, mayGo)
	if err != nil {
		return 0, err
	}
	for i := range rows {
		rows[i].Dropped = true
	}
	return len(rows), b.rewrite(ctx, nil, rows)
}

func mayGo(r *state.Outline) bool { return r.Status == state.Refused || r.Status == state.Adopted }

// named gives the rows of UIDs, all of which must be concerned.
func (b *book) named(ctx context.Context, uids []string, concerned func(*state.Outline) bool) ([]state.Record, error) {
	for _, uid := range uids {
		if r := b.get(uid); !concerned(r) {
			return nil, notConcerned(b.account, uid, r)
		}
	}
	return b.records(ctx, uids)
}

func notConcerned(account, uid string, r *state.Outline) error {
	shown := state.EscapeUID(uid)
	hint := "popbridge status " + account
	if r.UID == "" {
		return &Failure{Class: Usage, Err: fmt.Errorf("UID %s of %s is not known", shown, account), Hint: hint}
	}
	return &Failure{Class: Usage, Err: fmt.Errorf("UID %s of %s is %s; this is for refused and adopted messages",
		shown, account, r.Status), Hint: hint}
}
