package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/state"
)

// labels lists those of the mailbox, which also shows whether Gmail can be
// used at all, and looks for those of the accounts. It makes none.
func (c *targetCheck) labels(ctx context.Context) bool {
	c.client = c.importer(ctx, c.target.Gmail)
	if _, err := c.client.AskTime(ctx); err != nil {
		c.sheet.fail(onLabels, c.failure(err))
		return false
	}
	names := c.labelNames()
	there, missing := []string{}, []string{}
	faults := false
	for _, name := range names {
		absent, err := c.missing(ctx, name)
		switch {
		case err != nil:
			f := c.failure(err)
			c.sheet.fail(onLabels, f)
			if faults = true; f.Class != bridge.Misconfigured {
				return false
			}
		case len(absent) == 0:
			there = append(there, name)
		default:
			missing = append(missing, absent...)
		}
	}
	if !faults {
		c.fine(onLabels, labelFacts(there, missing))
	}
	return true
}

// labelNames are those that the accounts want, each once.
func (c *targetCheck) labelNames() (names []string) {
	for _, a := range c.target.accounts {
		for _, name := range a.Labels {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func (c *targetCheck) missing(ctx context.Context, name string) ([]string, error) {
	client, ok := c.client.(interface {
		MissingLabels(ctx context.Context, names []string) ([]string, error)
	})
	if !ok {
		return nil, errors.New("labels can't be looked for")
	}
	return client.MissingLabels(ctx, []string{name})
}

func labelFacts(there, missing []string) string {
	slices.Sort(missing)
	missing = slices.Compact(missing)
	var parts []string
	if len(there) > 0 {
		parts = append(parts, "there: "+strings.Join(there, ", "))
	}
	if len(missing) > 0 {
		parts = append(parts, "to be made: "+strings.Join(missing, ", "))
	}
	if len(parts) == 0 {
		return "none are wanted"
	}
	return strings.Join(parts, "; ")
}

// quotas tells how fast imports may go, and compares the clocks.
func (c *targetCheck) quotas(ctx context.Context) bool {
	configured := c.target.UnitsPerMinute
	facts, all := pacing(configured), c.clock()
	if known, ok := c.state.(interface {
		Quota(ctx context.Context, destination string) (state.Quota, error)
	}); ok {
		q, err := known.Quota(ctx, c.target.Address)
		if err != nil {
			c.sheet.fail(onQuota, c.failure(err))
			return false
		}
		if rate := bridge.Rate(configured, q, c.Now()); rate < configured {
			all = append(all, advice{fmt.Sprintf("Gmail allowed less lately: %s, rising again slowly", pacing(rate)), fmt.Sprintf(
				"if that lasts, set units_per_minute of destination %s to what https://console.cloud.google.com/apis/api/gmail.googleapis.com/quotas says",
				c.target.Name)})
		}
	}
	c.report(onQuota, facts, all)
	return true
}

// pacing is what a rate comes to.
func pacing(units int) string {
	if units == 0 {
		return "no limit is configured"
	}
	return fmt.Sprintf("%s a minute, at most %s", counted(units, "unit"), counted(units/gmail.UnitsImport, "import"))
}

// tolerableSkew is how far the clocks may be apart without a word. The token
// server takes minutes ill, deletions by age a day.
const tolerableSkew = time.Minute

// clock compares this machine's with Gmail's.
func (c *targetCheck) clock() []advice {
	ahead, known := c.client.Skew()
	if !known || ahead.Abs() <= tolerableSkew {
		return nil
	}
	way := "behind"
	if ahead < 0 {
		way = "ahead of"
	}
	return []advice{{fmt.Sprintf("this machine's clock is %s %s Gmail's", period(ahead.Abs().Round(time.Minute)), way),
		"set it, and have it kept right: timedatectl set-ntp true"}}
}
