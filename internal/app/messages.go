package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/state"
)

// opened is an account that a command works on.
type opened struct {
	*bridge.Account
	config config.POP3
	db     *state.DB
	lock   *state.Lock
}

// withAccount opens the state and takes the lock for a command about one
// account.
func (p *program) withAccount(ctx context.Context, name string, do func(context.Context, opened) error) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	accounts, err := choose(cfg, []string{name})
	if err != nil {
		return err
	}
	db, err := p.openState(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	a := p.wire(cfg, db, db).account(ctx, accounts[0])
	return p.locked(cfg, name, func(l *state.Lock) error {
		if err := do(ctx, opened{a, accounts[0], db, l}); err != nil {
			return beforeRun(bridge.Classify(fmt.Errorf("%s: %w", name, err), name, a.To.Name))
		}
		return nil
	})
}

// beforeRun has a hint lead to a check: who adopts must not run before, since
// all that is on the provider would be imported.
func beforeRun(f *bridge.Failure) *bridge.Failure {
	f.Hint = strings.NewReplacer("type: popbridge run -v ", "type: popbridge check -v ", "type: popbridge run ", "type: popbridge check ").Replace(f.Hint)
	return f
}

func (p *program) retry(c *cli.Context) error {
	name, uids, err := accountAndUIDs(c, 0, -1)
	if err != nil {
		return err
	}
	return p.withAccount(c.Context, name, func(ctx context.Context, a opened) error {
		n, err := bridge.Ask(ctx, a.db, a.Name, uids)
		switch {
		case err == nil && n == 0:
			p.say("%s: there is nothing to retry: no message is refused or set aside", a.Name)
		case err == nil:
			p.say("%s: the next run tries %s again", a.Name, counted(n, "message"))
		}
		return err
	})
}

func (p *program) drop(c *cli.Context) error {
	name, uids, err := accountAndUIDs(c, 1, -1)
	if err != nil {
		return err
	}
	return p.withAccount(c.Context, name, func(ctx context.Context, a opened) error {
		if err := bridge.CanLetGo(ctx, a.db, a.Name, uids); err != nil {
			return err
		}
		if !c.Bool("yes") && !p.agreed(name, len(uids)) {
			return &bridge.Failure{Class: bridge.Usage, Err: errors.New("nothing is dropped"), Hint: "type yes when asked, or, without a terminal, add --yes"}
		}
		n, err := bridge.LetGo(ctx, a.db, a.Name, uids)
		if err == nil {
			p.say("%s: the next run deletes %s from the provider", a.Name, counted(n, "message"))
		}
		return err
	})
}

// agreed asks before something that can't be taken back.
func (p *program) agreed(account string, n int) bool {
	fmt.Fprintf(p.Stderr, "The next run will delete %s of %s from the provider; popbridge has not imported it, and Gmail may have no copy. Type yes: ",
		counted(n, "message"), account)
	answer, err := bufio.NewReader(p.Stdin).ReadString('\n')
	if err != nil { // nobody typed the end of the line
		fmt.Fprintln(p.Stderr)
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "yes"
}

func (p *program) save(c *cli.Context) (err error) {
	name, uids, err := accountAndUIDs(c, 1, 1)
	if err != nil {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	accounts, err := choose(cfg, []string{name})
	if err != nil {
		return err
	}
	s, err := p.readState(c.Context, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	a := p.wire(cfg, s, s).account(c.Context, accounts[0])
	if err := a.Save(c.Context, uids[0], p.Stdout); err != nil {
		return beforeRun(bridge.Classify(fmt.Errorf("%s: %w", a.Name, err), a.Name, a.To.Name))
	}
	return nil
}

// accountAndUIDs reads an account and at least so many UIDs, as popbridge
// shows them; most < 0 is any number.
func accountAndUIDs(c *cli.Context, least, most int) (account string, uids []string, err error) {
	if most >= 0 {
		most++
	}
	args, err := arguments(c, 1+least, most)
	if err != nil {
		return "", nil, err
	}
	for _, arg := range args[1:] {
		uid, err := state.UnescapeUID(arg)
		if err != nil || uid == "" {
			return "", nil, usageError{text: "UID " + arg + " is not written as popbridge shows it", hint: "copy it from popbridge status or popbridge run --dry-run"}
		}
		uids = append(uids, uid)
	}
	return args[0], uids, nil
}
