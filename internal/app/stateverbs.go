package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/state"
)

func (p *program) exportState(c *cli.Context) (err error) {
	if _, err := arguments(c, 0, 0); err != nil {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	db, err := state.Open(c.Context, cfg.State, state.Options{Mode: state.ReadOnly, Logger: p.log})
	if err != nil {
		return &bridge.Failure{Class: bridge.NoState, Err: err, Hint: stateHint(err)}
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Export(c.Context, p.Stdout)
}

func (p *program) importState(c *cli.Context) error {
	if _, err := arguments(c, 0, 0); err != nil {
		return err
	}
	// Whoever types it in must not keep cron from its accounts meanwhile.
	rows, err := io.ReadAll(p.Stdin)
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return p.withAllAccounts(c.Context, nil, func(_ *config.Config, db *state.DB) error {
		n, err := db.Import(c.Context, bytes.NewReader(rows))
		if err != nil {
			return &bridge.Failure{Class: bridge.NoState, Err: err, Hint: cmp.Or(stateHint(err), "nothing was changed")}
		}
		p.log.Info("imported", "rows", n)
		return nil
	})
}

func (p *program) moveState(c *cli.Context) error {
	args, err := arguments(c, 2, 2)
	if err != nil {
		return err
	}
	for _, name := range args {
		if err := state.CheckName(name); err != nil {
			return usageError{text: err.Error()}
		}
	}
	return p.withAllAccounts(c.Context, args, func(_ *config.Config, db *state.DB) error {
		if args[0] == args[1] {
			return p.acceptMailbox(c.Context, db, args[0])
		}
		err := db.Move(c.Context, args[0], args[1])
		if errors.Is(err, state.ErrUnknownAccount) || errors.Is(err, state.ErrAccountExists) {
			return usageError{text: err.Error(), hint: "popbridge state export"}
		}
		if err == nil {
			p.say("%s is now %s", args[0], args[1])
		}
		return err
	})
}

// acceptMailbox forgets which mailbox an account was: its user says that it
// is the same one under another login name.
func (p *program) acceptMailbox(ctx context.Context, db *state.DB, name string) error {
	a, err := db.Account(ctx, name)
	if err != nil {
		return err
	}
	if a.Mailbox == "" {
		return usageError{text: "account " + name + " is not known", hint: "popbridge state export"}
	}
	a.Mailbox = ""
	if err := db.PutAccount(ctx, a); err != nil {
		return err
	}
	p.say("%s takes up its mailbox as configured", name)
	return nil
}

// withAllAccounts opens the state with every account locked that a run could
// be working on.
func (p *program) withAllAccounts(ctx context.Context, more []string, do func(*config.Config, *state.DB) error) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	db, err := p.openState(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names := map[string]bool{}
	for _, a := range cfg.POP3 {
		names[a.Name] = true
	}
	for _, name := range more {
		names[name] = true
	}
	for name := range names {
		l, f := p.lock(cfg, name)
		if f != nil {
			return &bridge.Failure{Class: bridge.Later, Err: fmt.Errorf("%s: %w", name, f.Err), Hint: "try again once it has ended"}
		}
		defer func() { err = errors.Join(err, l.Release()) }()
	}
	return do(cfg, db)
}

// tokenFolder makes the folder that the token is to lie in, as the state's is
// made: the default one with all above it, a configured one alone, lest a
// volume that isn't mounted is written beneath.
func (p *program) tokenFolder(cfg *config.Config, g config.Gmail) error {
	dir := filepath.Dir(g.Token)
	mkdir := os.Mkdir
	if cfg.StateIsDefault && dir == filepath.Dir(cfg.State) {
		mkdir = os.MkdirAll
	}
	if err := mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf("make the folder of the token: %w", err)}
	}
	return nil
}
