package gmail

import (
	"fmt"
	"time"
)

// Kind says what a failure of Gmail means for the caller.
type Kind int

// The kinds of failure.
const (
	// Refused: Gmail will not take this message, ever (400 "Invalid
	// attachment", "Expected a single 'From' header", 413, …).
	Refused Kind = iota + 1
	// Passing: nothing was committed; worth another try (no connection, 5xx
	// before the body was sent, 408).
	Passing
	// RateLimited: over the quota; nothing was committed (429, 403
	// rateLimitExceeded or userRateLimitExceeded).
	RateLimited
	// InDoubt: the body was sent and no usable answer came; Gmail may or may
	// not have the message.
	InDoubt
	// Configuration: the destination is set up wrongly; says nothing of the
	// message (invalid label, no Gmail service, domain policy).
	Configuration
	// Unauthorised: the token is expired, withdrawn, or lacks a scope.
	Unauthorised
	// Unsaved: the file of a new refresh token can't be written; the one that
	// it holds is used up.
	Unsaved
)

// Limit says which limit a RateLimited failure met.
type Limit int

// The limits (https://developers.google.com/workspace/gmail/api/reference/quota).
const (
	// OtherLimit has nothing to do with how calls are paced: a day's, the
	// token server's.
	OtherLimit Limit = iota
	// PerMinute is the quota units of a user, or of all users of a project.
	PerMinute
	// AtOnce is the requests under way: "Too many concurrent requests for
	// user".
	AtOnce
)

// Error is a failure of a Gmail or token request. Its text never holds a
// token or message data, and of the server's words only printable characters.
type Error struct {
	Kind Kind
	// Op is what was being done: "import", "labels.list", "refresh the token".
	Op string
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Reason is Gmail's reason: the machine-readable one and the message,
	// made printable.
	Reason string
	// Code is the OAuth error of a refresh (RFC 6749, section 5.2), or empty.
	Code string
	// Missing are the scopes that a token lacks, where that is what failed.
	Missing []string
	// Listed tells of a Refused whether the reason is one known to be
	// permanent. One that isn't may be a fault of the whole destination.
	Listed bool
	// Limit tells of a RateLimited which limit it was.
	Limit Limit
	// RetryAfter is what the server asked for, 0 where it didn't.
	RetryAfter time.Duration
	// Hint is the command or the act that mends it, or empty.
	Hint string
	// Err is the cause, where there is one.
	Err error
}

// Error describes the failure in one line.
func (e *Error) Error() string {
	switch {
	case e.Status != 0:
		return fmt.Sprintf("%s: HTTP %d: %s", e.Op, e.Status, e.Reason)
	case e.Reason != "" && e.Err != nil:
		return fmt.Sprintf("%s: %s: %v", e.Op, e.Reason, e.Err)
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Op, e.Err)
	default:
		return fmt.Sprintf("%s: %s", e.Op, e.Reason)
	}
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
