package gmail

import (
	"context"
	"strings"
	"time"
)

// Grant is what a token server says of an authorisation.
type Grant struct {
	// Address is the mailbox; empty where the server doesn't say.
	Address string
	// Scope are the scopes that were granted, separated by spaces; empty
	// where nobody says.
	Scope string
	// EndsAt is when the authorisation ends whatever is done; zero where
	// nothing is known of an end.
	EndsAt time.Time
}

// granter is a source that can ask its token server.
type granter interface {
	askGrant(ctx context.Context) (Grant, error)
}

// AskGrant has the token server renew an access token, whether or not the old
// one still lives, and gives what it says. Errors are those of
// [TokenSource.Token], but for another address: that is for the caller to
// compare.
func AskGrant(ctx context.Context, tokens TokenSource) (Grant, error) {
	if source, ok := tokens.(granter); ok {
		return source.askGrant(ctx)
	}
	_, err := tokens.Token(ctx)
	return Grant{}, err
}

// askGrant refreshes the token. Google's answer carries an id token like that
// of the login, where openid was granted.
func (s *fileTokens) askGrant(ctx context.Context) (Grant, error) {
	if err := s.take(ctx); err != nil {
		return Grant{}, err
	}
	defer func() { <-s.turn }()
	if s.unsaved {
		if err := s.keep(); err != nil {
			return Grant{}, err
		}
	}
	if err := s.load(""); err != nil {
		return Grant{}, err
	}
	if err := s.refresh(ctx, ""); err != nil {
		return Grant{}, err
	}
	grant := Grant{Address: s.token.Address, Scope: s.token.Scope, EndsAt: s.token.RefreshTokenExpiresAt}
	if checkAddress(s.token, s.Address) != nil { // Token is to say so
		s.token = Token{}
	}
	return grant, nil
}

// askGrant fetches another token. It would not be given for another address,
// nor for fewer scopes.
func (s *accountTokens) askGrant(ctx context.Context) (Grant, error) {
	if err := s.take(ctx); err != nil {
		return Grant{}, err
	}
	defer func() { <-s.turn }()
	if err := s.fetch(ctx); err != nil {
		return Grant{}, err
	}
	return Grant{Address: s.config.Subject, Scope: strings.Join(s.config.Scopes, " ")}, nil
}
