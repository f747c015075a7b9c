package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

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

// authorise goes through the browser, and keeps the token.
func (p *program) authorise(ctx context.Context, cfg *config.Config, g config.Gmail) error {
	data, err := p.readSecret(g.Client, "client")
	if err != nil {
		return err
	}
	client, err := gmail.LoadClient(data)
	if err != nil {
		return misconfigured(fmt.Errorf("%s: %w", g.Client, err))
	}
	if err := p.tokenFolder(cfg, g); err != nil {
		return err
	}
	token, err := gmail.RunLogin(ctx, gmail.LoginOptions{Config: client, Address: g.Address,
		Scopes: gmail.Scopes(g.Access == "verify"), Prompt: p.Stderr, Paste: p.Stdin,
		OpenBrowser: p.OpenBrowser, Now: p.Now})
	if err != nil {
		return loginFailure(err, g)
	}
	if err := gmail.SaveToken(g.Token, token); err != nil {
		return &bridge.Failure{Class: bridge.NoState, Err: err}
	}
	p.say("%s is authorised; the token is in %s", g.Address, g.Token)
	return nil
}

func loginFailure(err error, g config.Gmail) error {
	var le *gmail.LoginError
	if !errors.As(err, &le) {
		return bridge.Classify(err, "", g.Name)
	}
	hint := "popbridge login " + g.Name
	switch le.Kind {
	case gmail.LoginAddressMismatch:
		hint += ", and choose " + g.Address + " in the browser; or correct address in the configuration"
	case gmail.LoginNoRefreshToken:
		hint = "withdraw popbridge's access at https://myaccount.google.com/connections, then type: popbridge login " + g.Name
	}
	return &bridge.Failure{Class: bridge.Person, Err: err, Hint: hint}
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
