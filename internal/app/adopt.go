package app

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/bridge"
)

func (p *program) adopt(c *cli.Context) error {
	args, err := arguments(c, 1, 1)
	if err != nil {
		return err
	}
	ways := 0
	for _, flag := range []string{"before", "from", "in-gmail"} {
		if c.IsSet(flag) {
			ways++
		}
	}
	switch {
	case c.Bool("yes") && !c.IsSet("from"):
		return usageError{text: "--yes goes with --from", hint: "leave it out"}
	case ways > 1:
		return usageError{text: "adopt takes one of --before, --from and --in-gmail", hint: "type one after the other, each with a command of its own"}
	case c.Bool("in-gmail"):
		return p.adoptInGmail(c.Context, args[0])
	case c.IsSet("from"):
		return p.adoptFrom(c.Context, args[0], c.String("from"), c.Bool("yes"))
	case c.IsSet("before"):
		return p.adoptBefore(c.Context, args[0], c.String("before"))
	default:
		return p.withAccount(c.Context, args[0], func(ctx context.Context, a opened) error {
			return p.adoptChosen(ctx, a, bridge.Choice{}, func(bridge.Adoption) {})
		})
	}
}

// adoptChosen adopts, and says so; more says why some are left.
func (p *program) adoptChosen(ctx context.Context, a opened, c bridge.Choice, more func(bridge.Adoption)) error {
	done, err := a.Adopt(ctx, c)
	if err != nil {
		return err
	}
	p.say("%s: adopted %s; %d known before", a.Name, counted(done.Adopted, "message"), done.Known)
	more(done)
	if n := done.Left(); n > 0 {
		p.say("%s: %s will be imported by the next run", a.Name, counted(n, "other"))
	}
	return nil
}

func (p *program) adoptBefore(ctx context.Context, account, date string) error {
	before, err := time.Parse(day, date)
	if err != nil {
		return usageError{text: "--before " + date + " is no date", hint: "write it as in --before 2026-11-22"}
	}
	return p.withAccount(ctx, account, func(ctx context.Context, a opened) error {
		return p.adoptChosen(ctx, a, bridge.Choice{Before: before}, func(done bridge.Adoption) {
			p.say("%s: not adopted: %d received on or after %s, %d without a readable date", a.Name, done.Later, date, done.Undated)
		})
	})
}
