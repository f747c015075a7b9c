package app

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"
	"golang.org/x/oauth2"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
)

func (p *program) login(c *cli.Context) error {
	args, err := arguments(c, 0, 1)
	if err != nil {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		if a, ok := cfg.Account(args[0]); ok && a.Auth == "xoauth2" {
			return p.authoriseAccount(c.Context, cfg, a)
		}
	}
	g, err := chooseDestination(cfg, args)
	if err != nil {
		return err
	}
	if g.ServiceAccount != "" {
		return p.tryServiceAccount(c.Context, cfg, g)
	}
	return p.authorise(c.Context, cfg, g)
}

func chooseDestination(cfg *config.Config, args []string) (config.Gmail, error) {
	if len(args) == 0 {
		if len(cfg.Gmail) == 1 {
			return cfg.Gmail[0], nil
		}
		return config.Gmail{}, usageError{text: "login takes the NAME of a destination", hint: "popbridge login " + cfg.Gmail[0].Name}
	}
	if g, ok := cfg.Destination(args[0]); ok {
		return g, nil
	}
	if _, ok := cfg.Account(args[0]); ok {
		return config.Gmail{}, usageError{text: args[0] + " is an account with a password; only destinations log in",
			hint: "popbridge login " + cfg.Gmail[0].Name}
	}
	var known []string
	for _, g := range cfg.Gmail {
		known = append(known, g.Name)
	}
	hint := "popbridge login " + known[0]
	if near := config.Nearest(args[0], known); near != "" {
		hint = "popbridge login " + near
	}
	return config.Gmail{}, usageError{text: fmt.Sprintf("there is no destination %s in %s", args[0], cfg.Path), hint: hint}
}

// authorise goes through the browser, and keeps the token. That it can be kept
// is tried before anyone is sent there.
func (p *program) authorise(ctx context.Context, cfg *config.Config, g config.Gmail) error {
	client, err := p.oauthClient(g)
	if err != nil {
		return hintedFailure(err, clientHint(g))
	}
	if err := p.tokenFolder(cfg, g); err != nil {
		return hintedFailure(err, "mount the volume of "+filepath.Dir(g.Token)+", or make that folder, or correct token in the configuration")
	}
	if err := gmail.TryToken(g.Token); err != nil {
		return unsaved(err, g)
	}
	keep := func(token gmail.Token) error {
		if err := gmail.SaveToken(g.Token, token); err != nil {
			return unsaved(err, g)
		}
		return nil
	}
	token, err := gmail.RunLogin(ctx, gmail.LoginOptions{Config: client, Address: g.Address,
		Scopes: gmail.Scopes(g.Access == "verify"), Prompt: p.Stderr, Paste: p.Stdin,
		OpenBrowser: p.OpenBrowser, Keep: keep, Now: p.Now, Sleep: p.Sleep})
	if err != nil {
		return p.loginFailure(err, g)
	}
	p.say("%s is authorised; the token is in %s", g.Address, g.Token)
	p.warnOfEnd(token.RefreshTokenExpiresAt, g)
	p.next("popbridge check")
	return nil
}

// clientHint is for an OAuth client that is missing or is none.
func clientHint(g config.Gmail) string {
	return "make an OAuth client of type Desktop app at https://console.cloud.google.com/auth/clients, and save its JSON as " + g.Client
}

// oauthClient reads the client that the destination's logins are made by.
func (p *program) oauthClient(g config.Gmail) (*oauth2.Config, error) {
	data, err := p.readSecret(g.Client, "client")
	if err != nil {
		return nil, err
	}
	client, err := gmail.LoadClient(data)
	if err != nil {
		return nil, misconfigured(fmt.Errorf("%s: %w", g.Client, err))
	}
	return client, nil
}

// hintedFailure gives a failure its hint where it has none.
func hintedFailure(err error, hint string) error {
	f := bridge.Classify(err, "", "")
	if f.Hint == "" {
		f.Hint = hint
	}
	return f
}

func unsaved(err error, g config.Gmail) error {
	return &bridge.Failure{Class: bridge.NoState, Err: err, Hint: folderHint(filepath.Dir(g.Token))}
}

// next says what to type after what went well.
func (p *program) next(command string) {
	fmt.Fprintf(p.Stderr, "next: %s\n", p.hinted(command))
}

// tryServiceAccount has no one to ask: the key either works or it doesn't.
func (p *program) tryServiceAccount(ctx context.Context, cfg *config.Config, g config.Gmail) error {
	w := p.wire(cfg, nothingRecorded{}, nothingRecorded{})
	tokens, err := w.tokens(g)
	if err == nil {
		_, err = tokens.Token(ctx)
	}
	if err != nil {
		return bridge.Classify(err, "", g.Name)
	}
	p.say("%s is authorised through its service account; there is nothing to log in to", g.Address)
	return nil
}
