package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/popbridge/popbridge/internal/bridge"
)

// adoptInGmail records as imported what Gmail has already.
func (p *program) adoptInGmail(ctx context.Context, account string) error {
	return p.withAccount(ctx, account, func(ctx context.Context, a opened) error {
		found, err := p.findInGmail(ctx, a)
		switch {
		case err == nil:
			p.sayFound(a.Name, found)
		case found.Recorded > 0:
			p.say("%s: recorded %s of %s as imported before it ended; the same command goes on with the rest",
				a.Name, counted(found.Recorded, "message"), humanize.Comma(int64(found.Of)))
			p.sayAside(a.Name, found)
			p.sayDue(a.Name, found)
		}
		return err
	})
}

// findInGmail shows at a terminal how it gets on.
func (p *program) findInGmail(ctx context.Context, a opened) (bridge.Found, error) {
	defer p.showBars(ctx)()
	p.bars.among(1)
	shown := p.bars.account(a.Name, time.Now())
	defer shown.end()
	a.Progress = p.follow(a.Name, a.lock, shown)
	return a.AdoptInGmail(ctx)
}

func (p *program) sayFound(account string, f bridge.Found) {
	p.say("%s: Gmail has %s of %s: recorded as imported; %d known before",
		account, humanize.Comma(int64(f.Recorded)), counted(f.Of, "message"), f.Known)
	p.sayAside(account, f)
	if n := f.Left() + f.Stay; n > 0 {
		are := "are"
		if n == 1 {
			are = "is"
		}
		p.say("%s: %s %s not known to be there: %s", account, humanize.Comma(int64(n)), are, absences(f.Absent))
	}
	if n := f.Left(); n > 0 {
		p.say("%s: %s will be imported by the next run", account, counted(n, "other"))
	}
	if f.Stay > 0 {
		p.say("%s", p.hinted(fmt.Sprintf("%s: %s stay adopted; to import them: popbridge retry %s UID…", account, counted(f.Stay, "other"), account)))
	}
	p.sayDue(account, f)
}

// sayAside says how much of what counts as imported Gmail will delete.
func (p *program) sayAside(account string, f bridge.Found) {
	var places []string
	if f.InSpam > 0 {
		places = append(places, humanize.Comma(int64(f.InSpam))+" in Spam")
	}
	if f.InTrash > 0 {
		places = append(places, humanize.Comma(int64(f.InTrash))+" in Trash")
	}
	if len(places) > 0 {
		p.say("%s: of these %s: Gmail empties it after 30 days, and what is on the provider goes by retention", account, strings.Join(places, ", "))
	}
}

func (p *program) sayDue(account string, f bridge.Found) {
	if f.Due > 0 {
		p.say("%s", p.hinted(fmt.Sprintf("%s: the next run deletes %s that retention lets go: popbridge run --dry-run %s shows which",
			account, counted(f.Due, "message"), account)))
	}
}

// absences says how many are missing for which reason.
func absences(absent map[bridge.Absence]int) string {
	var parts []string
	for _, why := range bridge.Absences() {
		if n := absent[why]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", why, humanize.Comma(int64(n))))
		}
	}
	return strings.Join(parts, ", ")
}
