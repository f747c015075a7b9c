package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/state"
)

func (p *program) runCommand(c *cli.Context) (err error) {
	if c.Int("limit") < 0 {
		return usageError{text: "--limit is a number of messages", hint: "popbridge run --limit 100"}
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	accounts, err := choose(cfg, c.Args().Slice())
	if err != nil {
		return err
	}
	var results []bridge.Result
	if c.Bool("dry-run") {
		results, err = p.dryRun(c, cfg, accounts)
	} else {
		results, err = p.wetRun(c, cfg, accounts)
	}
	if err != nil {
		return err
	}
	switch {
	case c.Bool("json"):
		err = p.printRunJSON(results, c.Bool("dry-run"))
	case c.Bool("dry-run"):
		p.printPlan(results, c.Int("limit"))
	}
	if code := gravest(results); err == nil && code != exitOK {
		return exitError{code}
	}
	return err
}

// report says of an account what a person should read now. At a terminal, and
// with --verbose, that is every failure.
func (p *program) report(r bridge.Result) {
	for _, refusal := range r.Refusals {
		p.complain(r.Name, fmt.Sprintf("UID %s, %s, is refused and stays on the provider: %s",
			state.EscapeUID(refusal.UID), octets(refusal.Size), refusal.Reason), refusedHint(r.Name, refusal.UID))
	}
	f := r.Failure
	if f == nil || f.Class == bridge.NewlyRefused || errors.Is(f, context.Canceled) {
		return
	}
	if !r.Say && !p.verbose && !p.StderrIsTerminal {
		return
	}
	// What stopped a destination is the same for all its accounts, also in how
	// it is mended. What passes in silence is each account's own.
	what := f.Error() + "\n" + hintOf(f)
	if f.Quiet {
		what = r.Name + "\n" + what
	}
	if !p.said[what] {
		p.complain(r.Name, f.Error(), hintOf(f))
	}
	p.said[what] = true
}

// tellDone says what a run did to a person who waited for it. One without
// anything to do stays silent, as one without a person does.
func (p *program) tellDone(r bridge.Result) {
	if !p.StderrIsTerminal || p.logJSON || r.Imported+r.Deleted == 0 {
		return
	}
	fmt.Fprintf(p.Stderr, "%s: %s imported, %d deleted from the provider\n", r.Name, counted(r.Imported, "message"), r.Deleted)
}

func refusedHint(account, uid string) string {
	return fmt.Sprintf("popbridge save %[1]s %[2]s > message.eml && popbridge drop %[1]s %[2]s\nor, to try again: popbridge retry %[1]s %[2]s",
		account, bridge.UIDArgument(uid))
}

func (p *program) wetRun(c *cli.Context, cfg *config.Config, accounts []config.POP3) (results []bridge.Result, err error) {
	db, err := p.openState(c.Context, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w := p.wire(cfg, db, db)
	w.noDelete = c.Bool("no-delete")
	o := bridge.Options{Limit: c.Int("limit")}
	defer p.showBars(c.Context)()
	p.bars.among(len(accounts))
	return sideBySide(c.Context, w, accounts, func(ctx context.Context, a *bridge.Account) bridge.Result {
		shown := p.bars.account(a.Name, time.Now())
		defer shown.end()
		lock, failure := p.lock(cfg, a.Name)
		if failure != nil {
			r := bridge.Result{Name: a.Name, To: a.To.Name, Failure: failure}
			r.Say = !failure.Quiet && a.Tell(ctx, failure)
			return r
		}
		defer func() {
			if err := lock.Release(); err != nil {
				p.log.Warn("release the lock", "account", a.Name, "error", err)
			}
		}()
		a.Progress = p.follow(a.Name, lock, shown)
		r := a.Run(ctx, o)
		p.log.Info("ran", "account", a.Name, "listed", r.Listed, "imported", r.Imported, "deleted", r.Deleted,
			"refused", len(r.Refusals), "in_doubt", r.InDoubt)
		if !c.Bool("json") {
			r.Actions = nil // many accounts have many, and only that prints them
			p.tellDone(r)
		}
		return r
	}), nil
}

// touchEvery is how often progress is marked at most: each mark is a write to
// the disk, and what looks at them thinks in minutes.
const touchEvery = time.Second

// follow passes on how a run gets on.
func (p *program) follow(account string, l *state.Lock, shown *bar) func(bridge.Progress) {
	touched := p.Now() // the lock is new
	return func(progress bridge.Progress) {
		if now := p.Now(); now.Sub(touched).Abs() >= touchEvery {
			touched = now
			p.touch(l)
		}
		shown.tell(progress)
		if p.World.Progress != nil {
			p.World.Progress(account, progress)
		}
	}
}

// touch shows other processes that this one gets on.
func (p *program) touch(l *state.Lock) {
	if err := l.Touch(time.Now()); err != nil {
		p.log.Debug("mark progress", "error", err)
	}
}

func (p *program) dryRun(c *cli.Context, cfg *config.Config, accounts []config.POP3) (results []bridge.Result, err error) {
	s, err := p.readState(c.Context, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w := p.wire(cfg, s, s)
	w.noDelete = c.Bool("no-delete")
	return sideBySide(c.Context, w, accounts, func(ctx context.Context, a *bridge.Account) bridge.Result {
		return a.DryRun(ctx)
	}), nil
}

// sideBySide works on as many accounts at a time as are configured. A panic
// of one is a bug that the others don't pay for.
func sideBySide(ctx context.Context, w *wiring, accounts []config.POP3, work func(context.Context, *bridge.Account) bridge.Result) []bridge.Result {
	results := make([]bridge.Result, len(accounts))
	var group errgroup.Group
	var speaking sync.Mutex
	group.SetLimit(w.config.Jobs)
	for i, a := range accounts {
		account := w.account(ctx, a)
		group.Go(func() error {
			defer func() {
				// Each is told of as it ends: it counts as told already.
				speaking.Lock()
				defer speaking.Unlock()
				w.report(results[i])
			}()
			defer func() {
				if r := recover(); r != nil {
					results[i] = bridge.Result{Name: a.Name, To: a.To, Say: true, Failure: &bridge.Failure{
						Class: bridge.Bug, Err: fmt.Errorf("a bug: %T: %s", r, debug.Stack())}}
				}
			}()
			results[i] = work(ctx, account)
			return nil
		})
	}
	_ = group.Wait() // no job returns an error
	return results
}
