package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/popbridge/popbridge/state"
)

// delete marks what is due. Nothing is gone before commit. It tells whether
// something was due that proved to be another message.
func (j *job) delete(ctx context.Context, s Session, actions []Action) (unproven bool, err error) {
	j.deleting = nil
	due := slices.DeleteFunc(slices.Clone(actions), func(a Action) bool {
		// What breaks every session can't be proven; it must not keep the
		// others.
		breaks := a.Proof && j.book.get(a.UID).Breaks >= breaksUntilSetAside
		return a.Verb != Delete || j.importedNow(a.UID) || breaks
	})
	due, unproven, err = j.prove(ctx, s, due)
	if err != nil || len(due) == 0 {
		return unproven, err
	}
	numbers := make([]int, len(due))
	for i, a := range due {
		numbers[i] = a.Number
	}
	failed, err := s.Dele(ctx, numbers)
	if err != nil {
		return unproven, fmt.Errorf("delete from %s: %w", j.Name, err)
	}
	for _, a := range due {
		if err := failed[a.Number]; err != nil {
			j.fail(fmt.Errorf("delete UID %s of %s: %w", state.EscapeUID(a.UID), j.Name, err))
			continue
		}
		j.deleting = append(j.deleting, a.UID)
	}
	return unproven, nil
}

// importedNow tells whether this very run imported the message; it falls due
// in the next one.
func (j *job) importedNow(uid string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.taken[uid]
}

// prove fetches those whose header can't tell who they are, and keeps those
// whose digest is the recorded one.
func (j *job) prove(ctx context.Context, s Session, due []Action) (proven []Action, another bool, err error) {
	byNumber := map[int]Action{}
	var numbers []int
	for _, a := range due {
		if a.Proof {
			byNumber[a.Number] = a
			numbers = append(numbers, a.Number)
		}
	}
	if len(numbers) == 0 {
		return due, false, nil
	}
	wrong := map[int]bool{}
	seen := 0
	err = s.Retr(ctx, slices.Values(numbers), func(number int, body io.Reader, err error) error {
		wrong[number] = true
		if err != nil {
			seen++
			j.fail(fmt.Errorf("prove UID %s of %s: %w", state.EscapeUID(byNumber[number].UID), j.Name, err))
			return nil
		}
		sum, err := summarise(body)
		if err != nil {
			return err
		}
		seen++
		uid := byNumber[number].UID
		wrong[number] = !isOf(j.book.get(uid), sum)
		if !wrong[number] {
			return nil
		}
		another = true
		// Unlisted makes the next plan look into who it is.
		return j.book.update(ctx, uid, func(r *state.Record) { r.Listed = false })
	})
	if err != nil {
		return nil, another, errors.Join(fmt.Errorf("prove what is due in %s: %w", j.Name, err),
			j.proofBroke(ctx, byNumber[numbers[min(seen, len(numbers)-1)]].UID))
	}
	return slices.DeleteFunc(due, func(a Action) bool { return a.Proof && wrong[a.Number] }), another, nil
}

// proofBroke books a session that broke at a RETR that was to prove a message.
func (j *job) proofBroke(ctx context.Context, uid string) error {
	if ctx.Err() != nil {
		return nil
	}
	j.broken = true
	return j.book.update(ctx, uid, func(r *state.Record) { r.Breaks++ })
}

// recordDeletions records what QUIT committed.
func (j *job) recordDeletions(ctx context.Context) error {
	j.deletionsDone = true
	if len(j.deleting) == 0 {
		return nil
	}
	now := j.Now()
	rows := make([]state.Record, len(j.deleting))
	for i, uid := range j.deleting {
		j.deletedOctets += j.book.get(uid).Size
		rows[i] = j.book.get(uid)
		rows[i].DeletedAt, rows[i].LastListed, rows[i].Listed = now, now, false
		rows[i].Dropped = false
	}
	j.mu.Lock()
	j.result.Deleted += len(rows)
	j.mu.Unlock()
	j.deleting = nil
	return j.book.rewrite(context.WithoutCancel(ctx), nil, rows)
}
