package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/deviceflow"
	"github.com/popbridge/popbridge/pop3"
)

// authoriseAccount logs in to an account that uses OAuth, keeps the token, and
// sees whether the mailbox takes it.
func (p *program) authoriseAccount(ctx context.Context, cfg *config.Config, a config.POP3) error {
	w := p.wire(cfg, nothingRecorded{}, nothingRecorded{})
	if a.OAuth.Command != "" {
		if err := w.tryMailbox(ctx, a, w.mailboxTokens(a)); err != nil {
			return err
		}
		p.say("%s logs in with what token_command prints; there is nothing to log in to", a.Name)
		return nil
	}
	if err := p.tokenPlace(cfg, a); err != nil {
		return err
	}
	grant, err := deviceflow.Authorise(ctx, deviceflow.Options{Config: oauthConfig(a), Now: p.Now,
		Show: func(prompt deviceflow.Prompt) { fmt.Fprint(p.Stderr, deviceText(a, prompt)) }})
	if err != nil {
		return deviceFailure(err, a)
	}
	token := gmail.Token{Token: grant.Token, Scope: grant.Scope}
	refused := w.tryMailbox(ctx, a, newToken(grant.Token.AccessToken))
	// Of another account it would take the place of one that works.
	if isAuth(refused) && exists(a.OAuth.Token) && w.tryMailbox(ctx, a, w.mailboxTokens(a)) == nil {
		f := bridge.Classify(refused, a.Name, a.Name)
		f.Err = fmt.Errorf("%w; the token that was there stays", refused)
		return f
	}
	if err := gmail.SaveToken(a.OAuth.Token, token); err != nil {
		return &bridge.Failure{Class: bridge.NoState, Err: err, Hint: folderHint(filepath.Dir(a.OAuth.Token))}
	}
	if refused != nil {
		p.say("the token is in %s", a.OAuth.Token)
		return refused
	}
	p.say("%s is authorised; the token is in %s", a.User, a.OAuth.Token)
	p.say("%s: the mailbox at %s takes it", a.Name, a.Host)
	return nil
}

// newToken is one that isn't kept yet.
type newToken string

func (t newToken) Token(context.Context) (string, error) { return string(t), nil }
func (newToken) Invalidate(string)                       {}

// tokenPlace makes the folder of the token where that may be done, and sees
// that a file can be written there: better now than after the person is done.
func (p *program) tokenPlace(cfg *config.Config, a config.POP3) error {
	dir := filepath.Dir(a.OAuth.Token)
	if err := p.tokenFolder(cfg, config.Gmail{Token: a.OAuth.Token}); err != nil {
		return &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf("%s: %w", a.Name, err), Hint: folderHint(filepath.Dir(dir))}
	}
	if err := gmail.TryToken(a.OAuth.Token); err != nil {
		return &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf("%s: %w", a.Name, err), Hint: folderHint(dir)}
	}
	return nil
}

// why are the scopes that popbridge asks for by itself.
var why = map[string]string{
	"https://outlook.office.com/POP.AccessAsUser.All": "to fetch mail by POP3, and to delete what is past retention",
	"offline_access": "to go on doing so without asking again",
}

// deviceText tells the person what to do.
func deviceText(a config.POP3, prompt deviceflow.Prompt) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Open this page in a browser, on this machine or any other:\n\n  %s\n\n", prompt.Page)
	fmt.Fprintf(&b, "and enter the code  %s  (valid for %s).\n", prompt.Code, counted(max(1, int(prompt.Valid.Round(time.Minute)/time.Minute)), "minute"))
	if prompt.PageWithCode != "" {
		fmt.Fprintf(&b, "Here the code is entered already:\n\n  %s\n\n", prompt.PageWithCode)
	}
	fmt.Fprintf(&b, "Choose %s there. popbridge asks for:\n", a.User)
	for _, scope := range a.OAuth.Scope {
		reason := why[scope]
		if reason == "" {
			reason = "as configured"
		}
		fmt.Fprintf(&b, "  %s: %s\n", scope, reason)
	}
	return b.String()
}

// tryMailbox logs in once.
func (w *wiring) tryMailbox(ctx context.Context, a config.POP3, tokens mailboxTokens) error {
	o, err := w.options(a, false)
	if err != nil {
		return err
	}
	o.ListAhead = false
	s, err := w.dialByToken(ctx, a, o, tokens)
	if err == nil {
		err = s.Quit(ctx)
	}
	if err == nil {
		return nil
	}
	f := bridge.Classify(fmt.Errorf("%s: %w", a.Name, err), a.Name, a.Name)
	var pe *pop3.Error
	if errors.As(err, &pe) && pe.Kind == pop3.Auth {
		f.Hint = refusedMailboxHint(a)
	}
	return f
}
