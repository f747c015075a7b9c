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
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", &Error{Kind: Passing, Op: "refresh the token", Err: context.Cause(ctx)}
	}
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
		if err := s.refresh(ctx); err != nil {
			return "", err
		}
	}
	return s.token.AccessToken, nil
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

// refresh replaces the access token, and saves.
func (s *fileTokens) refresh(ctx context.Context) error {
	fresh, err := s.exchange(ctx)
	if err != nil {
		s.token = Token{}
		return err
	}
	if s.replaced() {
		return s.load()
	}
	s.unsaved = fresh.RefreshToken != s.token.RefreshToken
	s.token = fresh
	// Where the file can't be written it goes on as long as the refresh token
	// in it is still the right one.
	if err := s.keep(); err != nil && s.unsaved {
		return err
	}
	if fresh.Scope == "" {
		return nil
	}
	if err := s.checkScopes(fresh.Scope); err != nil {
		s.token = Token{}
		return err
	}
	return nil
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
func (s *fileTokens) exchange(ctx context.Context) (Token, error) {
	ctx, transport, cancel := tokenContext(ctx, s.client)
	defer cancel()
	if s.token.RefreshToken == "" {
		const reason = "the file holds no refresh token"
		return Token{}, &Error{Kind: Unauthorised, Op: "refresh the token", Reason: reason, Hint: HintLogin}
	}
	answer, err := s.config.TokenSource(ctx, &oauth2.Token{RefreshToken: s.token.RefreshToken}).Token()
	if err != nil {
		return Token{}, newTokenFailure(err, transport, s.now()).refreshError()
	}
	if !sendable(answer.AccessToken) || !sendable(answer.RefreshToken) {
		return Token{}, &Error{Kind: Passing, Op: "refresh the token", Reason: "the answer holds no token"}
	}
	return newToken(answer, s.token.Scope, s.now()), nil
}

// sendable tells whether a token can go into a request: one that can't would
// be saved, and stand in the way of another refresh until it expires.
func sendable(token string) bool {
	return token != "" && len(token) <= maxToken && !strings.ContainsFunc(token, func(r rune) bool {
		return r <= ' ' || r >= 0x7f
	})
}

// newToken makes the token to keep of a token server's answer; scope is what
// was granted before, for an answer that doesn't say.
func newToken(answer *oauth2.Token, scope string, now time.Time) Token {
	t := Token{Scope: scope, Token: oauth2.Token{
		AccessToken: answer.AccessToken, TokenType: answer.TokenType, RefreshToken: answer.RefreshToken,
	}}
	if answer.ExpiresIn > 0 {
		t.Expiry = now.Add(time.Duration(min(answer.ExpiresIn, longestLife)) * time.Second).UTC()
	}
	if granted, ok := answer.Extra("scope").(string); ok && granted != "" {
		t.Scope = granted
	}
	return t
}
