package gmail

import (
	"context"
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
	// Prompt is where the person is told what to do. Nothing is written to it
	// once RunLogin returned.
	Prompt io.Writer
	// Paste is where the address of the failed redirect may be entered; nil for nowhere. It is read line by line, and may be
	// read from until its end even after RunLogin returned.
	Paste io.Reader
	// OpenBrowser shows a page; nil or its error: the person opens it.
	OpenBrowser func(url string) error
	// Keep is given the token before the browser is told that all went well;
	// nil is nobody. RunLogin returns its error as it is.
	Keep func(Token) error
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// Sleep waits for a time of Now, until it is time to say what may be the
	// matter; nil is real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// HTTPClient carries the token request; nil is a new one.
	HTTPClient *http.Client
}

func (o LoginOptions) withDefaults() LoginOptions {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Keep == nil {
		o.Keep = func(Token) error { return nil }
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// RunLogin authorises a mailbox in the browser: authorisation code with PKCE
// and a loopback redirect (RFC 8252, sections 7.3 and 8.1). It waits until the
// browser comes back, an address is pasted, or the context ends. Its errors
// are *LoginError, *Error where the server can't be reached or failed for now,
// Keep's, or the context's.
func RunLogin(ctx context.Context, o LoginOptions) (token Token, err error) {
	o = o.withDefaults()
	prompt := &loginPrompt{w: o.Prompt}
	defer prompt.end()
	redirect, err := listenRedirect(ctx, o.Config.RedirectURL, prompt)
	if err != nil {
		return Token{}, err
	}
	defer func() { redirect.close(outcomePage(o.Address, err)) }()
	config := *o.Config
	config.RedirectURL, config.Scopes = redirect.url, o.Scopes
	verifier := oauth2.GenerateVerifier()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.show(ctx, prompt, config.AuthCodeURL(redirect.state, oauth2.AccessTypeOffline, oauth2.ApprovalForce,
		oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("login_hint", o.Address)))
	if o.Paste != nil {
		go redirect.readPasted(o.Paste)
	}
	code, err := redirect.wait(ctx)
	if err != nil {
		return Token{}, err
	}
	if token, err = o.exchange(ctx, &config, code, verifier); err != nil {
		return Token{}, err
	}
	if err = o.Keep(token); err != nil {
		return Token{}, err
	}
	return token, nil
}
