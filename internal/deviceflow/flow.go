// Package deviceflow authorises a mailbox where there need be no browser: the
// device authorisation grant (RFC 8628). A person types a short code into a
// page on any machine, and meanwhile the token server is asked again and again.
package deviceflow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Options say who asks whom for what.
type Options struct {
	// Config is the application: ClientID, perhaps ClientSecret, Scopes, and of
	// its Endpoint DeviceAuthURL, TokenURL and AuthStyle.
	Config *oauth2.Config
	// Show tells the person what to do. It is called once.
	Show func(Prompt)
	// Now is the clock by which the token expires; nil is the system's, which
	// waiting goes by in any case.
	Now func() time.Time
	// Transport carries the requests; nil is a new one.
	Transport http.RoundTripper
}

// Prompt is what a person needs to know. Its texts are the server's, of
// printable ASCII.
type Prompt struct {
	// Page is where to type Code.
	Page string
	// PageWithCode is a page on which that is done already, or empty.
	PageWithCode string
	Code         string
	// Valid is how long there is time.
	Valid time.Duration
}

// Grant is what was authorised.
type Grant struct {
	oauth2.Token
	// Scope is what was granted, separated by spaces; empty where the server
	// doesn't say.
	Scope string
}

// Authorise waits until the person has answered, the code has expired or the
// context ends. Its errors are *Error, or the context's.
func Authorise(ctx context.Context, o Options) (Grant, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		own := NewTransport()
		defer own.CloseIdleConnections()
		o.Transport = own
	}
	codes, err := o.begin(ctx)
	if err != nil {
		return Grant{}, err
	}
	o.Show(Prompt{Page: codes.VerificationURI, PageWithCode: codes.VerificationURIComplete,
		Code: codes.UserCode, Valid: time.Until(codes.Expiry)})
	answer, err := o.poll(ctx, codes)
	if err != nil {
		return Grant{}, err
	}
	return o.grant(answer)
}

// grant checks what is to be kept.
func (o Options) grant(answer *oauth2.Token) (Grant, error) {
	const op = "wait for the authorisation"
	g := Grant{Token: oauth2.Token{
		AccessToken: answer.AccessToken, TokenType: answer.TokenType, RefreshToken: answer.RefreshToken,
	}}
	switch {
	case answer.RefreshToken == "":
		return Grant{}, &Error{Kind: NoRefreshToken, Op: op}
	case !plain(answer.AccessToken, maxToken) || !plain(answer.RefreshToken, maxToken):
		return Grant{}, &Error{Kind: Unusable, Op: op, Err: errors.New("the answer holds no token")}
	}
	if answer.ExpiresIn > 0 {
		g.Expiry = o.Now().Add(time.Duration(min(answer.ExpiresIn, longestLife)) * time.Second).UTC()
	}
	g.Scope, _ = answer.Extra("scope").(string)
	return g, nil
}

const (
	// maxToken is how many octets a token may have.
	maxToken = 8 << 10
	// longestLife is how long an access token is believed to live, in seconds.
	longestLife = 24 * 60 * 60
)

// plain tells whether a text of a server is there, not too long, and of
// visible ASCII.
func plain(s string, most int) bool {
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
