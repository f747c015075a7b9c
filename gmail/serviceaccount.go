package gmail

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
)

// accountTokens is a Workspace service account that impersonates an address.
type accountTokens struct {
	config   *jwt.Config
	clientID string
	now      func() time.Time
	client   *http.Client

	turn    chan struct{} // see fileTokens
	token   Token
	refused string
}

// NewServiceAccountSource gives tokens by the key of a service account, as
// Google's console gives it, that acts for subject by domain-wide delegation.
// Errors of the key are Configuration; those of Token are *Error as with
// [NewFileTokenSource], Unauthorised when the delegation is missing.
func NewServiceAccountSource(
	key []byte, subject string, scopes []string, now func() time.Time, client *http.Client,
) (TokenSource, error) {
	config, clientID, err := loadAccount(key)
	if err != nil {
		return nil, &Error{Kind: Configuration, Op: "read the service account's key", Err: err}
	}
	config.Subject, config.Scopes = subject, scopes
	return &accountTokens{
		config: config, clientID: clientID, now: now, client: client, turn: make(chan struct{}, 1),
	}, nil
}

// loadAccount reads a key file. Its errors quote nothing of it.
func loadAccount(data []byte) (*jwt.Config, string, error) {
	var file struct {
		Type     string
		ClientID string `json:"client_id"`
		Email    string `json:"client_email"`
		KeyID    string `json:"private_key_id"`
		Key      string `json:"private_key"`
		TokenURI string `json:"token_uri"`
	}
	if json.Unmarshal(data, &file) != nil || file.Type != "service_account" || file.Email == "" {
		return nil, "", errors.New("no service account's key in JSON")
	}
	if !isRSAKey([]byte(file.Key)) {
		return nil, "", errors.New("private_key is no RSA key in PEM")
	}
	if file.TokenURI == "" {
		file.TokenURI = googleTokenURI
	}
	if err := ValidateEndpoint(file.TokenURI); err != nil {
		return nil, "", fmt.Errorf("token_uri: %w", err)
	}
	return &jwt.Config{
		Email: file.Email, PrivateKey: []byte(file.Key), PrivateKeyID: file.KeyID, TokenURL: file.TokenURI,
	}, file.ClientID, nil
}

func isRSAKey(data []byte) bool {
	block, _ := pem.Decode(data)
	if block == nil {
		return false
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		_, ok := key.(*rsa.PrivateKey)
		return ok
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}

// Token gives the access token, fetched by one caller at a time.
func (s *accountTokens) Token(ctx context.Context) (string, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.turn }()
	if !usable(s.token.Token, s.refused, s.now()) {
		if err := s.fetch(ctx); err != nil {
			return "", err
		}
	}
	return s.token.AccessToken, nil
}

// take waits for its turn, which the caller gives back.
func (s *accountTokens) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &Error{Kind: Passing, Op: "get a token", Err: context.Cause(ctx)}
	}
}

// fetch replaces the access token.
func (s *accountTokens) fetch(ctx context.Context) error {
	ctx, transport, cancel := tokenContext(ctx, s.client)
	defer cancel()
	answer, err := s.config.TokenSource(ctx).Token()
	if err != nil {
		return s.failure(newTokenFailure(err, transport, s.now()))
	}
	if !sendable(answer.AccessToken) {
		return &Error{Kind: Passing, Op: "get a token", Reason: "the answer holds no token"}
	}
	s.token = accountToken(answer, s.now())
	return nil
}

// accountToken takes expires_in from the answer as it came: the JWT flow
// counts the expiry by another clock than ours, and drops the number.
func accountToken(answer *oauth2.Token, now time.Time) Token {
	if seconds, ok := answer.Extra("expires_in").(float64); ok {
		answer.ExpiresIn = int64(seconds)
	}
	return newToken(answer, Token{}, now)
}

// Invalidate makes the next Token fetch another.
func (s *accountTokens) Invalidate(access string) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.refused = access
}

// failure says what the token server's refusal means, by its description too:
// the codes are few.
func (s *accountTokens) failure(f tokenFailure) error {
	const op = "get a token for the service account"
	if e, ok := f.passing(op); ok {
		return e
	}
	reason := printable(hideLong(f.code + ": " + f.description))
	e := &Error{Kind: Unauthorised, Op: op, Reason: strings.TrimSuffix(reason, ":"), Hint: s.delegationHint()}
	if strings.Contains(f.description, "iat and exp") {
		e.Hint = hintClock
		if f.skew.Abs() > maxSkew {
			e.Reason += "; " + (&LoginError{Skew: f.skew}).clock()
		}
	}
	return e
}

func (s *accountTokens) delegationHint() string {
	return fmt.Sprintf("in the Workspace admin console, under Security, API controls, Domain-wide delegation, "+
		"enter client ID %s with the scopes %s, and check that %s is an address of the domain",
		s.clientID, strings.Join(s.config.Scopes, ","), s.config.Subject)
}
