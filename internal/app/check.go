package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
)

// checkup is one check of what is configured. It moves no mail, makes no
// label, takes no lock and writes nothing but a refreshed token.
type checkup struct {
	*wiring
	state reader
	// accounts and targets are those to look at.
	accounts []config.POP3
	targets  []target
	// hindered are the names of those whose files are at fault, which is said
	// once, of the files.
	hindered map[string]bool
}

// target is a destination, and the accounts whose labels it is to have.
type target struct {
	config.Gmail
	accounts []config.POP3
}

func (p *program) check(c *cli.Context) (err error) {
	r := p.newReport(c.Bool("json"))
	cfg, err := p.load()
	if err != nil {
		r.add(misread(err))
		return r.finish(c.Context)
	}
	k := &checkup{wiring: p.wire(cfg, nothingRecorded{}, nothingRecorded{}), hindered: map[string]bool{}}
	if k.accounts, k.targets, err = chooseAny(cfg, c.Args().Slice()); err != nil {
		return err
	}
	r.layOut(k)
	r.add(p.wellRead(cfg))
	r.add(k.checkFiles(c.Context))
	defer func() { err = errors.Join(err, k.state.Close()) }()
	k.each(c.Context, r.add)
	return r.finish(c.Context)
}

// misread is a configuration that can't be used.
func misread(err error) *sheet {
	s := &sheet{}
	var all config.Errors
	if !errors.As(err, &all) {
		s.fail(onConfiguration, bridge.Classify(err, "", ""))
	}
	for _, e := range all {
		s.fail(onConfiguration, &bridge.Failure{Class: bridge.Misconfigured, Err: e, Hint: e.Hint})
	}
	return s
}

func (p *program) wellRead(cfg *config.Config) *sheet {
	s := &sheet{}
	s.fine(onConfiguration, fmt.Sprintf("%s: %s, %s", p.homely(cfg.Path),
		counted(len(cfg.Gmail), "destination"), counted(len(cfg.POP3), "account")))
	return s
}

// chooseAny picks accounts, with their destinations, and destinations by name,
// in the order of the configuration; without names, all.
func chooseAny(cfg *config.Config, names []string) (accounts []config.POP3, targets []target, err error) {
	for _, name := range names {
		_, isAccount := cfg.Account(name)
		if _, ok := cfg.Destination(name); !ok && !isAccount {
			return nil, nil, unknownName(cfg, name)
		}
	}
	named := func(name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	labelled := map[string][]config.POP3{}
	for _, a := range cfg.POP3 {
		if named(a.Name) {
			accounts = append(accounts, a)
		}
		if named(a.Name) || named(a.To) {
			labelled[a.To] = append(labelled[a.To], a)
		}
	}
	for _, g := range cfg.Gmail {
		if named(g.Name) || labelled[g.Name] != nil {
			targets = append(targets, target{g, labelled[g.Name]})
		}
	}
	return accounts, targets, nil
}

func unknownName(cfg *config.Config, name string) error {
	var known []string
	for _, a := range cfg.POP3 {
		known = append(known, a.Name)
	}
	for _, g := range cfg.Gmail {
		known = append(known, g.Name)
	}
	hint := "popbridge check"
	if near := config.Nearest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return usageError{text: fmt.Sprintf("there is no account or destination %s in %s", name, cfg.Path), hint: hint}
}

// each looks at accounts and destinations side by side, and hands over what is
// found in the order of the configuration.
func (k *checkup) each(ctx context.Context, found func(*sheet)) {
	var work []func() *sheet
	for _, a := range k.accounts {
		work = append(work, func() *sheet { return k.checkAccount(ctx, a) })
	}
	for _, t := range k.targets {
		work = append(work, func() *sheet { return k.checkTarget(ctx, t) })
	}
	done := make([]chan *sheet, len(work))
	for i := range done {
		done[i] = make(chan *sheet, 1)
	}
	go func() {
		var group errgroup.Group
		group.SetLimit(k.config.Jobs)
		for i, do := range work {
			group.Go(func() error {
				done[i] <- unpanicked(do)
				return nil
			})
		}
	}()
	for _, d := range done {
		found(<-d)
	}
}

// unpanicked makes of a panic a remark: it is a bug that the other accounts
// don't pay for.
func unpanicked(do func() *sheet) (s *sheet) {
	defer func() {
		if r := recover(); r != nil {
			s = &sheet{}
			s.fail(onConfiguration, &bridge.Failure{Class: bridge.Bug, Err: fmt.Errorf("a bug: %T: %s", r, debug.Stack())})
		}
	}()
	return do()
}
