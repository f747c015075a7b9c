package gmail

import (
	"fmt"
	"strings"
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
)

// LoginError is a login that a person has to do again, differently.
type LoginError struct {
	Kind LoginKind
	// Want and Got are the addresses of a LoginAddressMismatch.
	Want, Got string
	// Missing are the scopes of a LoginScopesMissing.
	Missing []string
	// Code is the OAuth error of a LoginDenied or LoginRejected (RFC 6749,
	// sections 4.1.2.1 and 5.2).
	Code string
}

// Error describes the failure in one line.
func (e *LoginError) Error() string {
	switch e.Kind {
	case LoginDenied:
		return "log in: access was not granted: " + e.Code
	case LoginAddressMismatch:
		return fmt.Sprintf("log in: %s was chosen in the browser, %s is configured", e.Got, e.Want)
	case LoginScopesMissing:
		return "log in: not granted: " + strings.Join(e.Missing, " ") + "; leave all boxes ticked"
	case LoginNoRefreshToken:
		return "log in: the server gave no refresh token"
	case LoginNoAddress:
		return "log in: the server doesn't tell which address was chosen"
	default:
		return "log in: the server doesn't accept the authorisation: " + e.Code
	}
}
