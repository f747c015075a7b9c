package gmail

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

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

const (
	// overtakings is how often the file may change under a refresh before that
	// gives up.
	overtakings = 4
	// savingTime is for another process to save what it got: its refresh ends
	// ours before its token is in the file.
	savingTime = 500 * time.Millisecond
)

// refresh replaces the access token, and saves. A token that is for another
// address than the given one, if any, isn't saved. Where the file has another
// refresh token meanwhile, that is the one to go on with.
func (s *fileTokens) refresh(ctx context.Context, address string) error {
	for range overtakings {
		fresh, err := s.exchange(ctx)
		switch {
		case s.overtaken(ctx, err):
			if err := s.load(address); err != nil || s.usable() {
				return err
			}
			continue
		case err == nil:
			err = checkAddress(fresh, address)
		}
		if err != nil {
			s.token = Token{}
			return err
		}
		return s.accept(fresh)
	}
	s.token = Token{}
	return &Error{Kind: Passing, Op: opRefresh, Reason: "the token file changes all the time"}
}

// overtaken tells whether the file was replaced since it was read: the token
// in it is good, whatever came of ours.
func (s *fileTokens) overtaken(ctx context.Context, err error) bool {
	if err == nil || !isInvalidGrant(err) {
		return err == nil && s.replaced()
	}
	// A server that lets a refresh token be used once tells the slower of two
	// processes so.
	return s.replaced() || s.Sleep(ctx, savingTime) == nil && s.replaced()
}

func isInvalidGrant(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == "invalid_grant"
}

// replaced tells that another process refreshed the token since the file was
// read, or that someone logged in, perhaps for more scopes.
func (s *fileTokens) replaced() bool {
	held, err := LoadToken(s.Path)
	return err == nil && held.RefreshToken != s.token.RefreshToken
}

// accept saves a new token and goes on with it.
func (s *fileTokens) accept(fresh Token) error {
	s.unsaved = fresh.RefreshToken != s.token.RefreshToken
	s.token = fresh
	// Where the file can't be written it goes on as long as the refresh token
	// in it is still the right one.
	if err := s.keep(); err != nil && s.unsaved {
		return err
	}
	if err := s.checkScopes(fresh); err != nil {
		s.token = Token{}
		return err
	}
	return nil
}

// keep saves the token.
func (s *fileTokens) keep() error {
	if err := SaveToken(s.Path, s.token); err != nil {
		return &Error{Kind: Unsaved, Op: "save the token", Err: err}
	}
	s.unsaved = false
	return nil
}

// exchange asks the token server. The time of expiry is counted by our clock,
// not by the one of the oauth2 package.
func (s *fileTokens) exchange(ctx context.Context) (Token, error) {
	ctx, transport, cancel := tokenContext(ctx, s.Client)
	defer cancel()
	if s.token.RefreshToken == "" {
		return Token{}, &Error{Kind: Unauthorised, Op: opRefresh, Reason: "the file holds no refresh token", Hint: HintLogin}
	}
	answer, err := s.Config.TokenSource(ctx, &oauth2.Token{RefreshToken: s.token.RefreshToken}).Token()
	if err != nil {
		return Token{}, newTokenFailure(err, transport, s.Now()).refreshError(s.token.endedBy(s.Now()))
	}
	if !sendable(answer.AccessToken) || !sendable(answer.RefreshToken) {
		return Token{}, &Error{Kind: Passing, Op: opRefresh, Reason: "the answer holds no token"}
	}
	fresh := newToken(answer, s.token, s.Now())
	idToken, _ := answer.Extra("id_token").(string)
	if address, ok := addressOf(idToken, s.Config.ClientID); ok {
		fresh.Address = address
	}
	return fresh, nil
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
	t := Token{Scope: old.Scope, Address: old.Address, Token: oauth2.Token{
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
