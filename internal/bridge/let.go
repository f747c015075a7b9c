package bridge

import (
	"context"
	"fmt"

	"github.com/popbridge/popbridge/state"
)

// Ask gives refused or adopted messages another try: those named, or all
// refused ones. It tells how many. The caller holds the account's lock.
func Ask(ctx context.Context, l Ledger, account string, uids []string) (int, error) {
	return change(ctx, l, account, uids, func(r *state.Record) {
		r.Status, r.Retried, r.Dropped, r.Reason = state.Pending, true, false, ""
		r.AttemptedAt, r.Breaks = nothing, 0
	})
}

// LetGo lets the next run delete refused or adopted messages. The caller
// holds the account's lock.
func LetGo(ctx context.Context, l Ledger, account string, uids []string) (int, error) {
	return change(ctx, l, account, uids, func(r *state.Record) { r.Dropped = true })
}

func change(ctx context.Context, l Ledger, account string, uids []string, with func(*state.Record)) (int, error) {
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
	var rows []state.Record
	for _, uid := range uids {
		r := b.get(uid)
		setAside := r.Status == state.Pending && r.Breaks > 0
		if r.Status != state.Refused && r.Status != state.Adopted && !setAside {
			return 0, notConcerned(account, uid, r)
		}
		with(&r)
		rows = append(rows, r)
	}
	return len(rows), b.rewrite(ctx, nil, rows)
}

func notConcerned(account, uid string, r state.Record) error {
	shown := state.EscapeUID(uid)
	hint := "popbridge status " + account
	if r.UID == "" {
		return &Failure{Class: Usage, Err: fmt.Errorf("UID %s of %s is not known", shown, account), Hint: hint}
	}
	return &Failure{Class: Usage, Err: fmt.Errorf("UID %s of %s is %s; only refused and adopted messages can be retried or dropped",
		shown, account, r.Status), Hint: hint}
}
