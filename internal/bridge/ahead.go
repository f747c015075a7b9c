package bridge

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// serialFor is how long a server that lost what was sent ahead is sent one
// command at a time, before it is tried again: each try may cost a timeout
// with the mailbox locked.
const serialFor = 24 * time.Hour

// mayHaveLost tells whether a session failed at its login or listing as it
// does where a server announces pipelining and loses what is sent ahead, be it
// that it falls silent, or that it answers as if nobody had logged in.
func mayHaveLost(err error) bool {
	var pe *pop3.Error
	if !errors.As(err, &pe) {
		return false
	}
	switch pe.Op {
	case "STAT":
		refused := pe.Kind == pop3.Temporary && pe.Code == ""
		return refused || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF)
	case "PASS", "CAPA", "UIDL", "LIST":
		return errors.Is(err, os.ErrDeadlineExceeded)
	default:
		return false
	}
}

// stalled books a session in which the server fell silent after its listing,
// for the first time in this run. It may be the network; the run goes on
// without pipelining all the same.
func (j *job) stalled(s Session, err error) {
	if s.Capabilities().Pipelining && !j.oneByOne && errors.Is(err, os.ErrDeadlineExceeded) {
		j.Log.Warn("the server fell silent; trying without pipelining (if that helps each time, set pipelining = \"off\")")
		j.oneByOne, j.broken = true, true
	}
}

// loses tells whether the server is known to lose what is sent ahead.
func (j *job) loses() bool {
	since := j.started.Sub(j.known.OneByOneSince)
	return !j.known.OneByOneSince.IsZero() && since >= 0 && since < serialFor
}

// noteLosses gives since when the server is known to lose what is sent ahead.
func (j *job) noteLosses(now time.Time) time.Time {
	switch {
	case j.loses():
		return j.known.OneByOneSince
	case j.losing:
		return now
	default:
		return nothing
	}
}

// withoutLosses opens a session once more, one command at a time, with a
// server that may have lost some.
func (j *job) withoutLosses(ctx context.Context) (Session, pop3.Listing, error) {
	j.Log.Warn("the server may lose commands that are sent ahead; trying one at a time")
	j.oneByOne = true
	s, l, err := j.open(ctx)
	j.losing = err == nil
	return s, l, err
}
