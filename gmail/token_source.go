package gmail

import (
	"context"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// expiryMargin is how long before its end a token isn't used any more: the
// clocks may differ, and a request takes time.
const expiryMargin = time.Minute

const (
	// maxToken is how many octets a token may have; Google's have at most
	// 2,048 (https://developers.google.com/identity/protocols/oauth2#size).
	maxToken = 8 << 10
	// longestLife is how long a token is believed to live, in seconds.
	longestLife = 24 * 60 * 60
	// longestGrant is how long a refresh token's end may be away to count as
	// one, in seconds.
	longestGrant = 10 * 365 * 24 * 60 * 60
)

// fileTokens is a token file as a source of access tokens.
type fileTokens struct {
	config *oauth2.Config
	path   string
	need   []string
	now    func() time.Time
	client *http.Client

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
// first use, refreshes when expired by the clock now, and saves when changed.
// need are the scopes without which it gives none; a file that doesn't tell
// its scopes passes. client, nil for a new one, carries the refreshes.
//
// Errors of Token are *Error: Unauthorised when someone has to log in again,
// Configuration when the file or the OAuth client is at fault, Unsaved when a
// new refresh token can't be kept, else Passing.
func NewFileTokenSource(
	config *oauth2.Config, path string, need []string, now func() time.Time, client *http.Client,
) TokenSource {
	return &fileTokens{
		config: config, path: path, need: need, now: now, client: client, turn: make(chan struct{}, 1),
	}
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
	if err := s.load(); err != nil {
		return "", err
	}
	if !s.usable() {
		if _, err := s.refresh(ctx); err != nil {
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
		return &Error{Kind: Passing, Op: "refresh the token", Err: context.Cause(ctx)}
	}
}

// Invalidate makes the next Token refresh, unless another token is there.
func (s *fileTokens) Invalidate(access string) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.refused = access
}

func (s *fileTokens) usable() bool {
	return usable(s.token.Token, s.refused, s.now())
}

// usable tells whether an access token may be sent.
func usable(t oauth2.Token, refused string, now time.Time) bool {
	return t.AccessToken != "" && t.AccessToken != refused &&
		(t.Expiry.IsZero() || now.Before(t.Expiry.Add(-expiryMargin)))
}

// load reads the file and checks its scopes. A token that fails is not kept,
// so that the next call reads again.
func (s *fileTokens) load() error {
	s.token = Token{}
	token, err := LoadToken(s.path)
	if err != nil {
		return err
	}
	if token.Scope != "" {
		if err := s.checkScopes(token.Scope); err != nil {
			return err
		}
	}
	s.token = token
	return nil
}

func (s *fileTokens) checkScopes(granted string) error {
	missing := missingScopes(s.need, granted)
	if len(missing) == 0 {
		return nil
	}
	return &Error{
		Kind: Unauthorised, Op: "check the token's scopes",
		Reason: "not granted: " + strings.Join(missing, " "), Hint: HintLogin,
	}
}

// refresh replaces the access token, and saves. It gives the address that the
// answer names, empty where it doesn't.
func (s *fileTokens) refresh(ctx context.Context) (address string, err error) {
	fresh, address, err := s.exchange(ctx)
	if err != nil {
		s.token = Token{}
		return "", err
	}
	if s.replaced() {
		return "", s.load()
	}
	s.unsaved = fresh.RefreshToken != s.token.RefreshToken
	s.token = fresh
	// Where the file can't be written it goes on as long as the refresh token
	// in it is still the right one.
	if err := s.keep(); err != nil && s.unsaved {
		return "", err
	}
	if fresh.Scope == "" {
		return address, nil
	}
	if err := s.checkScopes(fresh.Scope); err != nil {
		s.token = Token{}
		return "", err
	}
	return address, nil
}

// replaced tells that someone logged in since the file was read, perhaps for
// more scopes: that token is the one to keep.
func (s *fileTokens) replaced() bool {
	held, err := LoadToken(s.path)
	return err == nil && held.RefreshToken != s.token.RefreshToken
}

// keep saves the token.
func (s *fileTokens) keep() error {
	if err := SaveToken(s.path, s.token); err != nil {
		return &Error{Kind: Unsaved, Op: "save the token", Err: err}
	}
	s.unsaved = false
	return nil
}

// exchange asks the token server. The time of expiry is counted by our clock,
// not by the one of the oauth2 package.
func (s *fileTokens) exchange(ctx context.Context) (token Token, address string, err error) {
	ctx, transport, cancel := tokenContext(ctx, s.client)
	defer cancel()
	if s.token.RefreshToken == "" {
		const reason = "the file holds no refresh token"
		return Token{}, "", &Error{Kind: Unauthorised, Op: "refresh the token", Reason: reason, Hint: HintLogin}
	}
	answer, err := s.config.TokenSource(ctx, &oauth2.Token{RefreshToken: s.token.RefreshToken}).Token()
	if err != nil {
		return Token{}, "", newTokenFailure(err, transport, s.now()).refreshError(s.token.endedBy(s.now()))
	}
	if !sendable(answer.AccessToken) || !sendable(answer.RefreshToken) {
		return Token{}, "", &Error{Kind: Passing, Op: "refresh the token", Reason: "the answer holds no token"}
	}
	idToken, _ := answer.Extra("id_token").(string)
	address, _ = addressOf(idToken, s.config.ClientID)
	return newToken(answer, s.token, s.now()), address, nil
}

// sendable tells whether a token can go into a request: one that can't would
// be saved, and stand in the way of another refresh until it expires.
func sendable(token string) bool {
	return token != "" && len(token) <= maxToken && !strings.ContainsFunc(token, func(r rune) bool {
		return r <= ' ' || r >= 0x7f
	})
}

// newToken makes the token to keep of a token server's answer; old is the one
// before, for an answer that doesn't say what was granted and for how long.
func newToken(answer *oauth2.Token, old Token, now time.Time) Token {
	t := Token{Scope: old.Scope, Token: oauth2.Token{
		AccessToken: answer.AccessToken, TokenType: answer.TokenType, RefreshToken: answer.RefreshToken,
	}}
	if answer.ExpiresIn > 0 {
		t.Expiry = now.Add(time.Duration(min(answer.ExpiresIn, longestLife)) * time.Second).UTC()
	}
	if granted, ok := answer.Extra("scope").(string); ok && granted != "" {
		t.Scope = granted
	}
	if t.RefreshToken == old.RefreshToken {
		t.RefreshTokenExpiresAt = old.RefreshTokenExpiresAt
	}
	if left, ok := answer.Extra("refresh_token_expires_in").(float64); ok && left > 0 && left < longestGrant {
		t.RefreshTokenExpiresAt = now.Add(time.Duration(left) * time.Second).UTC()
	}
	return t
}

// endedBy gives the end of a refresh token that has passed, zero for any
// other.
func (t Token) endedBy(now time.Time) time.Time {
	if now.Before(t.RefreshTokenExpiresAt) {
		return time.Time{}
	}
	return t.RefreshTokenExpiresAt
}
