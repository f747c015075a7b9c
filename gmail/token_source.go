package gmail

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// expiryMargin is how long before its end a token isn't used any more: the
// clocks may differ, and a request takes time.
const expiryMargin = time.Minute

// opRefresh is what is being done with a token that has expired.
const opRefresh = "refresh the token"

// TokenFile says where the tokens of a mailbox are kept, and how they are
// renewed.
type TokenFile struct {
	// Config is the OAuth client; see [LoadClient].
	Config *oauth2.Config
	// Path is the file.
	Path string
	// Scopes are those without which no token is given; a file that doesn't
	// tell its scopes passes.
	Scopes []string
	// Address is the mailbox that the tokens have to be for, as far as they
	// tell one; empty is any.
	Address string
	// Now is the clock.
	Now func() time.Time
	// Sleep waits while another process saves a token; nil is real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Client carries the refreshes; nil is a new one.
	Client *http.Client
}

// fileTokens is a token file as a source of access tokens.
type fileTokens struct {
	TokenFile

	// turn is a mutex that a context can wait for.
	turn chan struct{}
	// token is what the file held or was refreshed to; zero before that.
	token Token
	// refused is the access token that the server didn't accept.
	refused string
	// unsaved tells that the file holds a refresh token that is used up.
	unsaved bool
}

// NewFileTokenSource gives tokens from a token file, which it reads at the
// first use, refreshes when expired, and saves when changed. Other processes
// may do the same with the file meanwhile.
//
// Errors of Token are *Error: Unauthorised when someone has to log in again,
// or the token is for another address, Configuration when the file or the
// OAuth client is at fault, Unsaved when a new refresh token can't be kept,
// else Passing.
func NewFileTokenSource(file TokenFile) TokenSource {
	if file.Sleep == nil {
		file.Sleep = sleep
	}
	return &fileTokens{TokenFile: file, turn: make(chan struct{}, 1)}
}

// Token gives the access token, refreshed by one caller at a time.
func (s *fileTokens) Token(ctx context.Context) (string, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.turn }()
	if s.unsaved {
		if err := s.keep(); err != nil {
			return "", err
		}
	}
	if s.usable() {
		return s.token.AccessToken, nil
	}
	// Another process may have refreshed it, or someone logged in again.
	if err := s.load(s.Address); err != nil {
		return "", err
	}
	if !s.usable() {
		if err := s.refresh(ctx, s.Address); err != nil {
			return "", err
		}
	}
	return s.token.AccessToken, nil
}

// take waits for its turn, which the caller gives back.
func (s *fileTokens) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &Error{Kind: Passing, Op: opRefresh, Err: context.Cause(ctx)}
	}
}

// Invalidate makes the next Token refresh, unless another token is there.
func (s *fileTokens) Invalidate(access string) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.refused = access
}

func (s *fileTokens) usable() bool {
	return usable(s.token.Token, s.refused, s.Now())
}

// usable tells whether an access token may be sent.
func usable(t oauth2.Token, refused string, now time.Time) bool {
	return t.AccessToken != "" && t.AccessToken != refused &&
		(t.Expiry.IsZero() || now.Before(t.Expiry.Add(-expiryMargin)))
}

// load reads the file and checks its scopes, and that it is for the address,
// where one is given. A token that fails is not kept, so that the next call
// reads again.
func (s *fileTokens) load(address string) error {
	s.token = Token{}
	token, err := LoadToken(s.Path)
	if err != nil {
		return err
	}
	if err := checkAddress(token, address); err != nil {
		return err
	}
	if err := s.checkScopes(token); err != nil {
		return err
	}
	s.token = token
	return nil
}

func (s *fileTokens) checkScopes(t Token) error {
	if t.Scope == "" {
		return nil
	}
	missing := missingScopes(s.Scopes, t.Scope)
	if len(missing) == 0 {
		return nil
	}
	return &Error{
		Kind: Unauthorised, Op: "check the token's scopes",
		Reason: "not granted: " + strings.Join(missing, " "), Missing: missing, Hint: HintLogin,
	}
}

// checkAddress tells whether a token is for an address, as far as both are
// known.
func checkAddress(t Token, address string) error {
	if address == "" || t.Address == "" || SameMailbox(t.Address, address) {
		return nil
	}
	return &Error{
		Kind: Unauthorised, Op: "check the token's address",
		Reason: fmt.Sprintf("it is for %s, %s is configured", printable(t.Address), address), Hint: HintLogin,
	}
}
