package deviceflow

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Kind says why there is no token.
type Kind int

// The kinds of failure.
const (
	// Passing: the server can't be reached or fails for now.
	Passing Kind = iota + 1
	// Declined: the person refused.
	Declined
	// Expired: nobody typed the code in time.
	Expired
	// Ended: what was authorised is so no longer.
	Ended
	// UnknownClient: the server doesn't know the application, or its secret.
	UnknownClient
	// NotPublic: the application may not be used without a secret.
	NotPublic
	// Public: the application may not be used with a secret.
	Public
	// NoConsent: the person may not allow this, or has not.
	NoConsent
	// OtherTenant: the account isn't one of those that the application, or the
	// endpoint, is for.
	OtherTenant
	// BadScope: the application can't ask for this.
	BadScope
	// Blocked: a rule of the organisation forbids it.
	Blocked
	// NoRefreshToken: access was granted for an hour only.
	NoRefreshToken
	// Unusable: the answer is none of RFC 8628.
	Unusable
	// Rejected: any other refusal.
	Rejected
)

// Error is why there is no token. Its text holds nothing that the server said
// but codes: its words may repeat what it was sent.
type Error struct {
	Kind Kind
	// Op is what was being done: "ask for a code".
	Op string
	// Code is the OAuth error (RFC 6749, section 5.2; RFC 8628, section 3.5),
	// empty where there is none.
	Code string
	// AADSTS is Microsoft's own, as in "AADSTS65001", or empty.
	AADSTS string
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Err is the cause, where there is one.
	Err error
}

// Error describes the failure in one line.
func (e *Error) Error() string {
	text := e.Op + ": " + e.reason()
	switch {
	case e.Err != nil:
		return text + ": " + e.Err.Error()
	case e.Code != "" && e.AADSTS != "":
		return text + " (" + e.Code + ", " + e.AADSTS + ")"
	case e.Code != "":
		return text + " (" + e.Code + ")"
	case e.Status != 0:
		return fmt.Sprintf("%s: HTTP %d", text, e.Status)
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

var (
	oauthCode = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	aadsts    = regexp.MustCompile(`\bAADSTS[0-9]{1,12}\b`)
)

// newError says what an answer means.
func newError(op string, status int, body []byte) *Error {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has no code
	e := &Error{Op: op, Status: status, AADSTS: aadsts.FindString(said.Description)}
	if oauthCode.MatchString(said.Error) {
		e.Code = said.Error
	}
	e.Kind = e.kind()
	return e
}
