package bridge

import (
	"context"
	"errors"
	"fmt"
)

// DryRun plans a run and changes nothing: no message is retrieved or deleted,
// Gmail isn't asked, nothing is written.
func (a *Account) DryRun(ctx context.Context) Result {
	j := &job{Account: a, started: a.Now(), dry: true, taken: map[string]bool{}, shorts: map[string]string{}}
	j.result = Result{Name: a.Name, To: a.To.Name}
	j.fail(j.rehearse(ctx))
	j.result.Say = j.result.Failure != nil
	return j.result
}

func (j *job) rehearse(ctx context.Context) (err error) {
	if j.known, err = j.Ledger.Account(ctx, j.Name); err != nil {
		return fmt.Errorf("read the state of %s: %w", j.Name, err)
	}
	if err := j.checkMailbox(ctx); err != nil {
		return err
	}
	if j.book, err = openBook(ctx, j.Ledger, j.Name); err != nil {
		return err
	}
	if j.clockJumped() && !j.Policy.Never {
		j.Log.Warn("the clock jumped since the last run; a run deletes by age only once Gmail's clock agrees")
	}
	s, err := j.Open(ctx)
	if err != nil {
		return err
	}
	if _, _, err = j.look(ctx, s); err != nil {
		return errors.Join(err, s.Abort())
	}
	return leave(ctx, s)
}

// leave ends a session that deleted nothing. A server that deletes what was
// retrieved does so at QUIT.
func leave(ctx context.Context, s Session) error {
	if s.Capabilities().Expire.DeletesRetrieved() {
		return s.Abort()
	}
	return s.Quit(ctx)
}
