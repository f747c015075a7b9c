package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// delete marks what is due. Nothing is gone before commit. It tells whether
// something was due that proved to be another message.
func (j *job) delete(ctx context.Context, s Session, actions []Action) (unproven bool, err error) {
	j.deleting = nil
	var due []Action
	for i := range actions {
		// What breaks a session must not keep the others.
		if a := &actions[i]; a.Verb == Delete && !j.importedNow(a.UID) && !j.importedNow(a.From) && !j.spared[a.UID] {
			due = append(due, *a)
		}
	}
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
		err = fmt.Errorf("delete from %s: %w", j.Name, err)
		j.deleBroke(due, failed)
		j.fail(err)
		return unproven, err
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

// deleBroke books a session that broke at a DELE: another one deletes the
// rest. Where that breaks, too, the deletions are left to the next run.
func (j *job) deleBroke(due []Action, failed map[int]error) {
	for _, a := range due {
		if failed[a.Number] != nil {
			j.spared[a.UID] = true
		}
	}
	j.undeletable = j.deleBreaks > 0
	j.deleBreaks++
	j.broken = true
}

// importedNow tells whether this very run imported the message; it falls due
// in the next one.
func (j *job) importedNow(uid string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.taken[uid]
}

// prove fetches those whose header can't tell who they are, and keeps those
// that are the recorded ones. It tells whether one proved to be another.
func (j *job) prove(ctx context.Context, s Session, due []Action) (proven []Action, another bool, err error) {
	p := &proof{job: j, wrong: map[string]bool{}}
	var numbers []int
	for _, a := range due {
		if a.Proof {
			p.coming = append(p.coming, a)
			numbers = append(numbers, a.Number)
		}
	}
	if len(numbers) == 0 {
		return due, false, nil
	}
	err = s.Retr(ctx, slices.Values(numbers), func(_ int, body io.Reader, err error) error {
		a := p.coming[0]
		if err = p.receive(ctx, a, body, err); err == nil {
			p.coming = p.coming[1:]
		}
		return err
	})
	if err != nil {
		err = fmt.Errorf("prove what is due in %s: %w", j.Name, err)
		p.broke(ctx, err)
		return nil, p.another, err
	}
	return slices.DeleteFunc(due, func(a Action) bool { return p.wrong[a.UID] }), p.another, nil
}

// proof is the fetching of messages to see who they are.
type proof struct {
	*job
	// coming are those whose answer is still to come.
	coming []Action
	// wrong are the UIDs of those that aren't shown to be the recorded ones;
	// another tells that one is shown not to be.
	wrong   map[string]bool
	another bool
}

func (p *proof) receive(ctx context.Context, a Action, body io.Reader, refused error) error {
	if refused != nil {
		p.wrong[a.UID] = true
		p.fail(fmt.Errorf("prove UID %s of %s: %w", state.EscapeUID(a.UID), p.Name, refused))
		return nil
	}
	sum, err := summarise(body)
	if err != nil || isOf(p.book.get(a.UID), sum) {
		return err
	}
	p.wrong[a.UID], p.another = true, true
	// Unlisted makes the next plan look into who it is.
	return p.book.update(ctx, a.UID, func(r *state.Record) { r.Listed = false })
}

// broke books a session that broke at the message that was coming.
func (p *proof) broke(ctx context.Context, cause error) {
	var pe *pop3.Error
	if ctx.Err() != nil || len(p.coming) == 0 || !errors.As(cause, &pe) {
		return
	}
	p.broken = true
	p.spared[p.coming[0].UID] = true
	p.fail(cause)
}

// recordDeletions records what QUIT committed.
func (j *job) recordDeletions(ctx context.Context, rows []state.Record) error {
	j.deletionsDone, j.deleting = true, nil
	if len(rows) == 0 {
		return nil
	}
	j.mu.Lock()
	j.result.Deleted += len(rows)
	j.mu.Unlock()
	now := j.moment()
	for i := range rows {
		j.deletedOctets += rows[i].Size
		rows[i].DeletedAt, rows[i].LastListed, rows[i].Listed = now, now, false
		rows[i].Dropped = false
	}
	return j.book.rewrite(context.WithoutCancel(ctx), nil, rows)
}
