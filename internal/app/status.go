package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/state"
)

// standing is what status shows of one account.
type standing struct {
	config   config.POP3
	known    state.Account
	overview bridge.Overview
}

func (p *program) status(c *cli.Context) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	accounts, err := choose(cfg, c.Args().Slice())
	if err != nil {
		return err
	}
	s, err := p.readState(c.Context, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w := p.wire(cfg, s, s)
	var all []standing
	for _, a := range accounts {
		st, err := w.standing(c.Context, a)
		if err != nil {
			return err
		}
		all = append(all, st)
	}
	if c.Bool("json") {
		return p.printStatusJSON(all)
	}
	for i, st := range all {
		if i > 0 {
			p.say("")
		}
		p.printStanding(st)
	}
	return nil
}

func (w *wiring) standing(ctx context.Context, a config.POP3) (standing, error) {
	st := standing{config: a}
	var err error
	if st.known, err = w.ledger.Account(ctx, a.Name); err != nil {
		return st, err
	}
	st.overview, err = bridge.Survey(ctx, w.ledger, a.Name, w.policy(a), w.Now())
	return st, err
}

// occupancy is how full the provider's mailbox is, of 1.
func (st standing) occupancy() (share float64, known bool) {
	switch c := st.config.Capacity; {
	case !c.Known():
		return 0, false
	case c.Messages > 0:
		return float64(st.known.Listed) / float64(c.Messages), true
	default:
		return float64(st.known.Octets) / float64(c.Octets), true
	}
}

// nearlyFull is the occupancy that status warns of.
const nearlyFull = 0.8

func (p *program) printStanding(st standing) {
	full := ""
	share, known := st.occupancy()
	if known {
		full = fmt.Sprintf(", %.0f %% full", 100*share)
	}
	p.say("%s -> %s", st.config.Name, st.config.To)
	if st.known.Mailbox == "" { // it was never listed
		p.say("  on the provider  not looked at yet")
	} else {
		p.say("  on the provider  %s, %s%s", counted(st.known.Listed, "message"), octets(st.known.Octets), full)
	}
	if known && share >= nearlyFull {
		p.say("                   nearly full: shorten retention, or set keep_messages or keep_size")
	}
	n := st.overview.Counts
	p.say("  of these         %d imported, %d pending, %d adopted, %d refused",
		n[state.Imported], n[state.Pending], n[state.Adopted], n[state.Refused])
	p.say("  last success     %s", p.ago(st.known.LastSuccess))
	if st.known.Failures > 0 {
		p.say("  failing          %s since %s: %s", counted(st.known.Failures, "run"),
			p.ago(st.known.FailingSince), printable(st.known.Error))
		if st.known.Hint != "" {
			p.sayHints(st.known.Hint)
		}
	}
	if st.overview.Stuck {
		p.say("  can't relieve    adopted and refused messages alone exceed keep_messages or keep_size")
		p.sayHints(fmt.Sprintf("popbridge retry %[1]s UID, or popbridge drop %[1]s UID; UIDs: popbridge run --dry-run %[1]s", st.config.Name))
	}
	p.printDue(st.overview.Due)
	p.printRefused(st)
}

// barWidth is that of the longest bar, in characters.
const barWidth = 30

func (p *program) printDue(due []bridge.DueDay) {
	most := 0
	for _, d := range due {
		most = max(most, d.Messages)
	}
	for i, d := range due {
		label := ""
		if i == 0 {
			label = "due"
		}
		bar := strings.Repeat("#", max(1, d.Messages*barWidth/most))
		p.say("  %-15s  %s  %s %d, %s", label, d.Day.Format(day), bar, d.Messages, octets(d.Octets))
	}
}

func (p *program) printRefused(st standing) {
	for i, r := range st.overview.Refused {
		label := ""
		if i == 0 {
			label = "refused"
		}
		dropped := ""
		if r.Dropped {
			dropped = " (the next run deletes it)"
		}
		p.say("  %-15s  %s, %s, since %s: %s%s", label, state.EscapeUID(r.UID), octets(r.Size),
			r.FirstSeen.Format(day), printable(r.Reason), dropped)
	}
	switch refused := st.overview.Refused; {
	case len(refused) == 0:
	case slices.ContainsFunc(refused, func(r state.Record) bool { return !r.Dropped }):
		p.sayHints(fmt.Sprintf("popbridge retry %[1]s, popbridge save %[1]s UID, popbridge drop %[1]s UID", st.config.Name))
	default:
		p.sayHints(fmt.Sprintf("to keep it after all: popbridge retry %s UID", st.config.Name))
	}
}

// sayHints prints a hint below what it mends.
func (p *program) sayHints(hint string) {
	for _, h := range p.hints(hint) {
		p.say("                   hint: %s", h)
	}
}

// ago is a moment as people say it.
func (p *program) ago(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return fmt.Sprintf("%s (%s)", t.UTC().Format("2006-01-02 15:04 MST"), humanize.RelTime(t, p.Now(), "ago", "from now"))
}
