package bridge

import (
	"errors"
	"os"
	"time"
)

// serialFor is how long a server that fell silent while it was sent commands
// ahead is sent one at a time, before it is tried again: each try may cost a
// timeout with the mailbox locked.
const serialFor = 24 * time.Hour

// stalled books a session in which the server fell silent.
func (j *job) stalled(s Session, err error) {
	if s.Capabilities().Pipelining && j.fellSilent(err) {
		j.broken = true
	}
}

// fellSilent tells that a server fell silent for the first time in this run.
// It may be one that announces pipelining and loses what was sent ahead, so
// the run goes on without.
func (j *job) fellSilent(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || j.oneByOne {
		return false
	}
	j.Log.Warn("the server fell silent; trying without pipelining (if that helps each time, set pipelining = \"off\")")
	j.oneByOne = true
	return true
}

// loses tells whether the server is known to lose what is sent ahead.
func (j *job) loses(now time.Time) bool {
	since := now.Sub(j.known.OneByOneSince)
	return !j.known.OneByOneSince.IsZero() && since >= 0 && since < serialFor
}

// noteSilence gives since when the server is sent one command at a time: it
// has fallen silent, and then answered so.
func (j *job) noteSilence(now time.Time) time.Time {
	switch {
	case !j.oneByOne:
		return nothing
	case j.loses(j.started):
		return j.known.OneByOneSince
	case j.result.Actions != nil && !j.broken:
		return now
	default:
		return nothing
	}
}
