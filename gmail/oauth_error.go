package gmail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

const (
	// whyInvalidGrant are the reasons for which Google ends a refresh token
	// (https://developers.google.com/identity/protocols/oauth2#expiration).
	whyInvalidGrant = "the authorisation has ended: a consent screen in Testing lasts seven days; " +
		"or the password was changed, it lay unused for six months, or it was withdrawn"
	// whyEnded is the one reason where the end was known; its date follows.
	whyEnded = "the authorisation was for a limited time (seven days while the consent screen is in Testing), and ended on "

	hintClient = "download the OAuth client again from Google's console and log in anew"
)

// tokenFailure takes the failure of a token request apart. It never quotes
// the answer, which may hold what was sent.
type tokenFailure struct {
	// code is RFC 6749's error, description what came with it.
	code, description string
	// status is 0 where no answer came.
	status     int
	retryAfter time.Duration
	// skew is how far the server's clock is ahead of ours, 0 where the answer
	// doesn't tell.
	skew time.Duration
	// cause is why no answer came.
	cause error
}

func newTokenFailure(err error, t *tokenTransport, now time.Time) tokenFailure {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return tokenFailure{cause: tokenCause(err, t)}
	}
	f := tokenFailure{code: answer.ErrorCode, description: answer.ErrorDescription, skew: t.skew(now)}
	if f.code == "" { // the JWT flow leaves this to its caller
		var reply struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		// What is no JSON has no code.
		_ = json.Unmarshal(answer.Body, &reply)
		f.code, f.description = reply.Error, reply.Description
	}
	f.code = printable(hideLong(f.code))
	if answer.Response != nil {
		f.status = answer.Response.StatusCode
		f.retryAfter = retryAfter(answer.Response.Header, "", now)
	}
	return f
}

// tokenCause finds the error that says most: the context's, the transport's,
// or one of our own wording, since the oauth2 package quotes answers.
func tokenCause(err error, t *tokenTransport) error {
	switch {
	case t.ctx.Err() != nil:
		return context.Cause(t.ctx)
	case t.failure() != nil:
		return t.failure()
	case errors.Is(err, errLongAnswer):
		return errLongAnswer
	default:
		return errors.New("the answer holds no token")
	}
}

// passing gives the error for a failure that says nothing of the
// authorisation; ok is false for others.
func (f tokenFailure) passing(op string) (e *Error, ok bool) {
	var elsewhere *originError
	switch {
	case errors.As(f.cause, &elsewhere):
		return &Error{Kind: Configuration, Op: op, Err: elsewhere, Hint: "correct token_uri in the client or key file"}, true
	case f.cause != nil:
		return &Error{Kind: Passing, Op: op, Err: f.cause}, true
	case f.status == http.StatusTooManyRequests:
		return &Error{Kind: RateLimited, Op: op, Reason: "the token server is asked too often", RetryAfter: f.retryAfter}, true
	case f.status >= 500, f.code == "", f.code == "temporarily_unavailable", f.code == "server_error":
		reason := fmt.Sprintf("the token server answers HTTP %d", f.status)
		return &Error{Kind: Passing, Op: op, Reason: reason, RetryAfter: f.retryAfter}, true
	}
	return nil, false
}

// refreshError says what a failed refresh means; ended is the known end of the
// refresh token that has passed, zero where there is none.
func (f tokenFailure) refreshError(ended time.Time) *Error {
	const op = opRefresh
	if e, ok := f.passing(op); ok {
		return e
	}
	switch f.code {
	case "invalid_grant":
		why := whyInvalidGrant
		if !ended.IsZero() {
			why = whyEnded + ended.Format(time.DateOnly)
		}
		return &Error{Kind: Unauthorised, Op: op, Code: f.code, Reason: f.code + ": " + why, Hint: HintLogin}
	case "invalid_client", "deleted_client", "unauthorized_client":
		return &Error{Kind: Configuration, Op: op, Status: f.status, Code: f.code, Reason: f.code + ": the OAuth client isn't accepted", Hint: hintClient}
	default:
		return &Error{Kind: Unauthorised, Op: op, Code: f.code, Reason: f.code, Hint: HintLogin}
	}
}

// hideLong leaves out words as long as tokens are.
func hideLong(s string) string {
	words := strings.Fields(s)
	for i, word := range words {
		if len(word) > 64 {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}
