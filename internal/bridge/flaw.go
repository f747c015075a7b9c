package bridge

import (
	"fmt"
	"time"
)

// flawedUntilNormal is how long listings must contradict themselves before
// that counts as the server's way. Until then, as when a server is being
// moved, nothing is deleted; from then on the deletions go on, lest the
// mailbox fill up. Each message is proven to be the recorded one before its
// DELE, whatever the listing says.
const flawedUntilNormal = 24 * time.Hour

// flawedForLong tells whether deletions go on although the listing
// contradicts itself.
func (j *job) flawedForLong() bool {
	since := j.known.FlawedSince
	return !since.IsZero() && !j.clockSuspect && j.started.Sub(since) >= flawedUntilNormal
}

// flawed is the failure of a run whose listing contradicts itself: a message
// may be missing in it.
func (j *job) flawed(flaw string) *Failure {
	f := &Failure{Class: Unavailable, key: "flawed listing"}
	if j.flawedForLong() {
		f.Err = fmt.Errorf("list the mailbox of %s: %s, since %s; a message may be missing", j.Name, flaw, j.known.FlawedSince.UTC().Format(time.RFC3339))
		f.Hint = "ask the provider to repair the mailbox"
	} else {
		f.Err = fmt.Errorf("list the mailbox of %s: %s; nothing is deleted until they agree, or a day has passed", j.Name, flaw)
		f.Hint = hintProvider(j.Name)
	}
	return f
}

// noteFlaw gives since when listings contradict themselves, after this run.
func (j *job) noteFlaw(now time.Time) time.Time {
	switch {
	case j.result.Actions == nil: // nothing was listed
		return j.known.FlawedSince
	case j.result.Whole:
		return nothing
	case j.clockSuspect:
		return j.known.FlawedSince
	case j.known.FlawedSince.IsZero(), now.Before(j.known.FlawedSince):
		return now
	default:
		return j.known.FlawedSince
	}
}
