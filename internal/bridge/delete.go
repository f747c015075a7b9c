package bridge

import (
	"context"
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
		return a.Verb != Delete || j.importedNow(a.UID)
	})
	planned := len(due)
	due, err = j.prove(ctx, s, due)
	unproven = len(due) < planned
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
func (j *job) prove(ctx context.Context, s Session, due []Action) ([]Action, error) {
	byNumber := map[int]Action{}
	var numbers []int
	for _, a := range due {
		if a.Proof {
			byNumber[a.Number] = a
			numbers = append(numbers, a.Number)
		}
	}
	if len(numbers) == 0 {
		return due, nil
	}
	wrong := map[int]bool{}
	err := s.Retr(ctx, slices.Values(numbers), func(number int, body io.Reader, err error) error {
		wrong[number] = true
		if err != nil {
			return nil
		}
		sum, err := summarise(body)
		if err != nil {
			return err
		}
		uid := byNumber[number].UID
		wrong[number] = sum.Digest != j.book.get(uid).Digest
		if !wrong[number] {
			return nil
		}
		// Unlisted makes the next plan look into who it is.
		return j.book.update(ctx, uid, func(r *state.Record) { r.Listed = false })
	})
	if err != nil {
		return nil, fmt.Errorf("prove what is due in %s: %w", j.Name, err)
	}
	return slices.DeleteFunc(due, func(a Action) bool { return a.Proof && wrong[a.Number] }), nil
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
