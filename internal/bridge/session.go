package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
)

// session works through one POP3 session: list, plan, delete, fetch, commit.
// It tells whether another session is wanted. On any doubt it ends without
// QUIT, which discards the deletions.
func (j *job) session(ctx context.Context) (again bool, err error) {
	defer j.watch.at("")
	s, listing, err := j.enter(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			j.stalled(s, err)
			err = errors.Join(err, s.Abort())
		}
	}()
	actions, view, err := j.look(ctx, s, listing)
	if err != nil {
		return false, err
	}
	if err := j.introduce(ctx, s, actions, view); err != nil {
		return false, err
	}
	if err := j.note(ctx, actions, view); err != nil {
		return false, err
	}
	if s.Capabilities().Expire.DeletesRetrieved() {
		return j.workExpiring(ctx, s, actions)
	}
	return j.work(ctx, s, actions)
}

// work deletes and fetches in one session. After a session that broke, it
// commits the deletions alone.
func (j *job) work(ctx context.Context, s Session, actions []Action) (again bool, err error) {
	deletes := !j.deletionsDone && !j.undeletable
	alone := j.broken && deletes && hasVerb(actions, Delete)
	if deletes {
		j.watch.at(Deleting)
		if _, err := j.delete(ctx, s, actions); err != nil {
			return false, err
		}
	}
	j.broken = false
	if alone {
		return len(j.wanted(actions)) > 0, j.commit(ctx, s)
	}
	if again, err = j.fetch(ctx, s, actions); err != nil {
		j.broken = true
		return false, err
	}
	return again, j.commit(ctx, s)
}

// workExpiring is for a server that deletes at QUIT what was retrieved
// (EXPIRE 0; RFC 2449, section 6.7): what deletes and what fetches are
// sessions of their own, and those that fetch end without QUIT.
func (j *job) workExpiring(ctx context.Context, s Session, actions []Action) (again bool, err error) {
	if !j.deletionsDone && !j.undeletable && hasVerb(actions, Delete) {
		unproven, err := j.delete(ctx, s, actions)
		switch {
		case err != nil:
			return false, err
		case unproven:
			// QUIT would delete what was only looked at. The next plan
			// imports it.
			return true, s.Abort()
		}
		j.broken = false
		return len(j.wanted(actions)) > 0, j.commit(ctx, s)
	}
	if again, err = j.fetch(ctx, s, actions); err != nil {
		j.broken = true
		return false, err
	}
	return again, s.Abort()
}

// look plans, asking for the headers that the plan wants to see.
func (j *job) look(ctx context.Context, s Session, listing pop3.Listing) ([]Action, View, error) {
	v := View{Listing: listing, Headers: map[int]*message.Summary{}, Top: j.known.Top == topSame && !j.noTop}
	v.Records, v.places = j.book.match(listing.Entries)
	if err := j.identify(ctx, s, &v); err != nil {
		return nil, v, err
	}
	actions, err := planWithHeaders(ctx, s, v, j.policy(), j.started)
	if err != nil {
		j.topBroke()
		return nil, v, err
	}
	if err := j.recognise(actions); err != nil {
		return nil, v, err
	}
	j.keepResult(v.Listing, actions)
	return actions, v, nil
}

// introduce asks for the headers of what is newly refused unseen, so that the
// notice can say what it is. A server that counts TOP as a retrieval would
// delete it.
func (j *job) introduce(ctx context.Context, s Session, actions []Action, v View) error {
	if j.noTop || s.Capabilities().Expire.DeletesRetrieved() {
		return nil
	}
	var numbers []int
	for _, a := range actions {
		if _, seen := v.Headers[a.Number]; a.Verb == Refuse && !seen {
			numbers = append(numbers, a.Number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	err := peek(ctx, s, numbers, v.Headers)
	if err != nil {
		j.topBroke()
	}
	return err
}

// policy is the account's, for this run.
func (j *job) policy() Policy {
	p := j.Policy
	p.AgeSuspended = p.AgeSuspended || j.ageSuspended
	p.DespiteFlaw = j.flawedForLong()
	return p
}

// keepResult keeps the first plan: it is what the dry run shows, and what a
// run imports falls due in the next one.
func (j *job) keepResult(l pop3.Listing, actions []Action) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.result.Actions != nil {
		return
	}
	j.result.Listed, j.result.Octets, j.result.Whole = len(l.Entries), l.Octets, l.Flaw == ""
	j.result.Actions = actions
	if l.Flaw != "" {
		j.result.Failure = gravest(j.result.Failure, j.flawed(l.Flaw))
	}
}

// planWithHeaders plans, and plans again with the headers it asked for, until
// it asks for none.
func planWithHeaders(ctx context.Context, s Session, v View, p Policy, now time.Time) ([]Action, error) {
	for {
		actions, ask := Plan(v, p, now)
		ask = slices.DeleteFunc(ask, func(n int) bool { _, seen := v.Headers[n]; return seen })
		if len(ask) == 0 {
			return actions, nil
		}
		if err := peek(ctx, s, ask, v.Headers); err != nil {
			return nil, err
		}
	}
}

// peek asks for headers by TOP. One that the server refuses is noted as nil.
func peek(ctx context.Context, s Session, numbers []int, into map[int]*message.Summary) error {
	err := s.Top(ctx, slices.Values(numbers), func(number int, header io.Reader, err error) error {
		into[number] = nil
		if err != nil {
			return nil
		}
		sum, err := message.HeaderSummary(header)
		into[number] = &sum
		return err
	})
	if err != nil {
		return fmt.Errorf("look at headers: %w", err)
	}
	return nil
}

func hasVerb(actions []Action, v Verb) bool {
	return slices.ContainsFunc(actions, func(a Action) bool { return a.Verb == v })
}

// commit ends the session with QUIT, which commits the deletions, and records
// them. Where QUIT isn't acknowledged nobody knows; the next listing tells.
func (j *job) commit(ctx context.Context, s Session) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// What can fail comes before what can't be taken back.
	rows, err := j.book.records(ctx, j.deleting)
	if err != nil {
		return err
	}
	if err := s.Quit(ctx); err != nil {
		return err
	}
	return j.recordDeletions(ctx, rows)
}

// topBroke books a session that broke at a TOP: another one may do without.
func (j *job) topBroke() { j.broken, j.noTop = true, true }
