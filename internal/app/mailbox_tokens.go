package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/deviceflow"
	"github.com/popbridge/popbridge/pop3"
)

// mailboxTokens gives the access tokens of an account that uses OAuth.
type mailboxTokens interface {
	// Token gives one that is valid for now. Its errors have a class and a
	// hint that fit the account, or are the context's.
	Token(ctx context.Context) (string, error)
	// Invalidate says that the mailbox didn't take this one.
	Invalidate(access string)
}

// mailboxTokens is nil for an account with a password.
func (w *wiring) mailboxTokens(a config.POP3) mailboxTokens {
	switch {
	case a.Auth != "xoauth2":
		return nil
	case a.OAuth.Command != "":
		return commandTokens{w, a}
	}
	watch := &deviceflow.Watch{Base: w.tokenTransport()}
	return &keptTokens{account: a, watch: watch,
		source: gmail.NewFileTokenSource(gmail.TokenFile{Config: oauthConfig(a), Path: a.OAuth.Token,
			Now: w.Now, Sleep: w.Sleep, Client: &http.Client{Transport: watch}})}
}

// tokenTransport is for one request an hour at most.
func (w *wiring) tokenTransport() http.RoundTripper {
	t := deviceflow.NewTransport()
	t.DisableKeepAlives = true
	return t
}

// oauthConfig is the application that an account's owner allows. Of the ways to
// send its secret the server is asked in one alone: another try would double
// each failing request.
func oauthConfig(a config.POP3) *oauth2.Config {
	o := a.OAuth
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(), Scopes: o.Scope,
		Endpoint: oauth2.Endpoint{DeviceAuthURL: o.DeviceURI, TokenURL: o.TokenURI, AuthStyle: oauth2.AuthStyleInParams}}
}

// dialByToken opens a session. A token that the mailbox refuses, as one does
// that was withdrawn before its time, is renewed once.
func (w *wiring) dialByToken(ctx context.Context, a config.POP3, o pop3.Options, tokens mailboxTokens) (bridge.Session, error) {
	var refusal *bridge.Failure
	for {
		token, err := tokens.Token(ctx)
		if err != nil {
			return nil, err
		}
		if refusal != nil && token == o.Token {
			return nil, refusal
		}
		o.Token = token
		s, err := dial(ctx, a, o)
		var pe *pop3.Error
		if !errors.As(err, &pe) || pe.Kind != pop3.Auth {
			return s, err
		}
		again := refusal != nil
		refusal = &bridge.Failure{Class: bridge.Person, Err: err, Hint: refusedTokenHint(a)}
		if again {
			return nil, refusal
		}
		tokens.Invalidate(token)
	}
}

func refusedTokenHint(a config.POP3) string {
	if a.OAuth.Command != "" {
		return "see whether token_command of account " + a.Name + " prints a valid access token of " + a.User
	}
	return "popbridge login " + a.Name
}

// keptTokens are those of a token file.
type keptTokens struct {
	account config.POP3
	source  gmail.TokenSource
	watch   *deviceflow.Watch
}

func (t *keptTokens) Token(ctx context.Context) (string, error) {
	t.watch.Take() // of an earlier call
	token, err := t.source.Token(ctx)
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	}
	return "", t.failure(err)
}

func (t *keptTokens) Invalidate(access string) { t.source.Invalidate(access) }

// failure says what it means for the account: package gmail knows Google's
// reasons, and login stands for a destination's.
func (t *keptTokens) failure(err error) error {
	f := bridge.Classify(err, t.account.Name, t.account.Name)
	if said := t.watch.Take(); said != nil && said.Code != "" && said.Kind != deviceflow.Passing {
		f = &bridge.Failure{Class: bridge.Person, Err: said, Hint: oauthHint(t.account, said)}
	}
	f.Err = fmt.Errorf("log in to %s as %s: %w", t.account.Host, t.account.User, f.Err)
	switch {
	case f.Class == bridge.Unavailable: // a destination's hint names Google's page
		f.Hint = "it passes by itself; if it lasts, check the network, then type: popbridge check " + t.account.Name
	case strings.Contains(f.Hint, "token_uri"):
		f.Hint = "correct token_uri of account " + t.account.Name + " in the configuration"
	}
	return f
}

// commandTokens are those that a command prints, which runs anew for each
// session.
type commandTokens struct {
	w       *wiring
	account config.POP3
}

func (t commandTokens) Token(ctx context.Context) (string, error) {
	defer t.w.lendTerminal()()
	token, err := t.account.ReadToken(ctx)
	if err != nil {
		return "", misconfigured(err)
	}
	return token, nil
}

func (commandTokens) Invalidate(string) {}
