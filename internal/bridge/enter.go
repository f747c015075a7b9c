package bridge

import (
	"context"
	"errors"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// lockedPause is how long a locked mailbox is waited for.
const lockedPause = 2 * time.Second

// enter opens a session and lists the mailbox. One that is locked is waited
// for a little: another device may be about to leave it.
func (j *job) enter(ctx context.Context) (Session, pop3.Listing, error) {
	s, l, err := j.open(ctx)
	var pe *pop3.Error
	if errors.As(err, &pe) && pe.Kind == pop3.Locked {
		j.watch.at(Locked)
		if err := sleep(ctx, lockedPause); err != nil {
			return nil, l, err
		}
		s, l, err = j.open(ctx)
	}
	if j.ahead && ctx.Err() == nil && mayHaveLost(err) {
		return j.withoutLosses(ctx)
	}
	return s, l, err
}

func (j *job) open(ctx context.Context) (Session, pop3.Listing, error) {
	j.watch.at(Connecting)
	j.ahead = !j.oneByOne
	s, err := j.Open(ctx, j.ahead)
	if err != nil {
		return nil, pop3.Listing{}, err
	}
	j.watch.at(Listing)
	j.ahead = j.ahead && s.Capabilities().Pipelining
	l, err := s.List(ctx)
	if err != nil {
		return nil, l, errors.Join(err, s.Abort())
	}
	return s, l, nil
}
