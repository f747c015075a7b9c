package gmail

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// LoginOptions say who logs in and how the person is reached.
type LoginOptions struct {
	// Config is the OAuth client; see [LoadClient].
	Config *oauth2.Config
	// Address is the mailbox to be authorised. Another one is an error.
	Address string
	// Scopes are asked for, and all of them have to be granted.
	Scopes []string
	// Prompt is where the person is told what to do.
	Prompt io.Writer
	// Paste is where the address of the failed redirect may be entered; nil for nowhere. It is read line by line, and may be
	// read from until its end even after RunLogin returned.
	Paste io.Reader
	// OpenBrowser shows a page; nil or its error: the person opens it.
	OpenBrowser func(url string) error
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// HTTPClient carries the token request; nil is a new one.
	HTTPClient *http.Client
}

// RunLogin authorises a mailbox in the browser: authorisation code with PKCE
// and a loopback redirect (RFC 8252, sections 7.3 and 8.1). It waits until the
// browser comes back, an address is pasted, or the context ends. Its errors
// are *LoginError, *Error where the token server can't be reached, or the
// context's.
func RunLogin(ctx context.Context, o LoginOptions) (Token, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	redirect, err := listenRedirect(ctx, o.Config.RedirectURL)
	if err != nil {
		return Token{}, fmt.Errorf("log in: %w", err)
	}
	defer redirect.close()
	config := *o.Config
	config.RedirectURL, config.Scopes = redirect.url, o.Scopes
	verifier := oauth2.GenerateVerifier()
	o.show(config.AuthCodeURL(redirect.state, oauth2.AccessTypeOffline, oauth2.ApprovalForce,
		oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("login_hint", o.Address)))
	if o.Paste != nil {
		go redirect.readPasted(o.Paste, o.Prompt)
	}
	code, err := redirect.wait(ctx)
	if err != nil {
		return Token{}, err
	}
	return o.exchange(ctx, &config, code, verifier)
}

// show brings the person to the page.
func (o LoginOptions) show(page string) {
	fmt.Fprintf(o.Prompt, "Open this page in a browser and allow the access:\n\n  %s\n\n", page)
	if o.Paste != nil {
		fmt.Fprint(o.Prompt, "If the browser is on another machine, its last page will fail to load:\n"+
			"paste the address of that page here.\n")
	}
	if o.OpenBrowser != nil {
		// A browser may keep its starter waiting; the page is printed anyway.
		go func() { _ = o.OpenBrowser(page) }()
	}
}

// exchange trades the code for a token, and checks what was granted by whom.
func (o LoginOptions) exchange(ctx context.Context, config *oauth2.Config, code, verifier string) (Token, error) {
	const op = "log in"
	ctx, transport, cancel := tokenContext(ctx, o.HTTPClient)
	defer cancel()
	answer, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		failure := newTokenFailure(err, transport, o.Now())
		if e, ok := failure.passing(op); ok {
			return Token{}, e
		}
		return Token{}, &LoginError{Kind: LoginRejected, Code: failure.code}
	}
	token := newToken(answer, "", o.Now())
	idToken, _ := answer.Extra("id_token").(string)
	return token, o.check(token, idToken)
}
