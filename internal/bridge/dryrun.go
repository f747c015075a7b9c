package bridge

import (
	"context"
	"errors"
)

// DryRun plans a run and changes nothing: no message is retrieved or deleted,
// Gmail isn't asked, nothing is written.
func (a *Account) DryRun(ctx context.Context) Result {
	j := a.job()
	j.dry = true
	j.fail(j.rehearse(ctx))
	j.result.Say = j.result.Failure != nil
	return j.result
}

func (j *job) rehearse(ctx context.Context) (err error) {
	if err := j.recall(ctx); err != nil {
		return err
	}
	if (j.clockJumped() || j.importedAhead()) && !j.Policy.Never {
		j.result.Note = "the clock jumped since the last run, so a run deletes by age only if Gmail's clock agrees"
		if j.known.LastRun.IsZero() {
			j.result.Note = "no earlier run is recorded, so a run deletes by age only if Gmail's clock agrees"
		}
	}
	s, listing, err := j.enter(ctx)
	if err != nil {
		return err
	}
	if _, _, err = j.look(ctx, s, listing); err != nil {
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
