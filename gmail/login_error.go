package gmail

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// LoginKind says why a login failed.
type LoginKind int

// The kinds of failed logins.
const (
	// LoginDenied: access was not granted in the browser.
	LoginDenied LoginKind = iota + 1
	// LoginAddressMismatch: another mailbox than the configured one.
	LoginAddressMismatch
	// LoginScopesMissing: not all that was asked for was granted.
	LoginScopesMissing
	// LoginNoRefreshToken: access was granted for an hour only.
	LoginNoRefreshToken
	// LoginNoAddress: the answer doesn't tell the mailbox.
	LoginNoAddress
	// LoginRejected: the token server doesn't accept the code or the client.
	LoginRejected
	// LoginClock: this machine's clock is wrong.
	LoginClock
	// LoginPort: nothing can listen where the OAuth client has its redirect.
	LoginPort
	// LoginNoLoopback: the OAuth client has no redirect on loopback.
	LoginNoLoopback
)

// LoginError is a login that a person has to do again, differently.
type LoginError struct {
	Kind LoginKind
	// Want and Got are the addresses of a LoginAddressMismatch; Got is the
	// host and port of a LoginPort.
	Want, Got string
	// Missing are the scopes of a LoginScopesMissing.
	Missing []string
	// Code is the OAuth error of a LoginDenied or LoginRejected (RFC 6749,
	// sections 4.1.2.1 and 5.2).
	Code string
	// Skew is how far the server's clock is ahead of ours at a LoginClock; 0
	// where only Err tells.
	Skew time.Duration
	// Hint is what is to be done before another login, or empty.
	Hint string
	// Err is the cause of a LoginPort and of a LoginClock, where there is one.
	Err error
}

// Error describes the failure in one line.
func (e *LoginError) Error() string {
	switch e.Kind {
	case LoginDenied:
		return "log in: " + cmp.Or(refusals[e.Code].says, "access was not granted") + ": " + e.Code
	case LoginAddressMismatch:
		return fmt.Sprintf("log in: %s was chosen in the browser, %s is configured", e.Got, e.Want)
	case LoginScopesMissing:
		var boxes []string
		for _, scope := range e.Missing {
			boxes = append(boxes, nameBox(scope))
		}
		return "log in: not granted: " + strings.Join(boxes, " and ")
	case LoginNoRefreshToken:
		return "log in: the server gave no refresh token"
	case LoginNoAddress:
		return "log in: the server doesn't tell which address was chosen"
	case LoginClock:
		return "log in: " + e.clock()
	case LoginPort:
		return fmt.Sprintf("log in: the OAuth client's redirect is %s, where nothing can listen: %v", e.Got, e.Err)
	case LoginNoLoopback:
		return "log in: the OAuth client is of type Web application, without a redirect on loopback that has a port"
	default:
		return "log in: " + cmp.Or(refusals[e.Code].says, "the server doesn't accept the authorisation") + ": " + e.Code
	}
}

// Unwrap gives the cause.
func (e *LoginError) Unwrap() error { return e.Err }

func (e *LoginError) clock() string {
	switch {
	case e.Skew > 0:
		return "this machine's clock is " + span(e.Skew) + " behind the server's"
	case e.Skew < 0:
		return "this machine's clock is " + span(-e.Skew) + " ahead of the server's"
	default:
		return fmt.Sprintf("the server's certificate isn't valid at the time of this machine's clock: %v", e.Err)
	}
}

// span words a difference of clocks, to the minute or the day.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}
