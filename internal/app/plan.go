package app

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/state"
)

// printPlan prints what a run would do, a line a message.
func (p *program) printPlan(results []bridge.Result, limit int) {
	for i, r := range results {
		if i > 0 {
			p.say("")
		}
		if r.Failure != nil && len(r.Actions) == 0 {
			p.say("%s: not planned: %s", r.Name, printable(r.Failure.Error()))
			continue
		}
		p.say("%s: %s, %s, to %s", r.Name, counted(r.Listed, "message"), octets(r.Octets), r.To)
		table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		if len(r.Actions) > 0 {
			fmt.Fprintln(table, "  VERB\tREASON\tDUE\tSIZE\tUID")
		}
		for _, a := range r.Actions {
			fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\n", a.Verb, a.Reason, dueText(a.Due), octets(a.Size), state.EscapeUID(a.UID))
		}
		_ = table.Flush() // the output remembers its errors
		p.say("  would %s", summary(r.Actions, limit))
		if r.Note != "" {
			p.say("  but %s", r.Note)
		}
	}
}

// summary counts the verbs of a plan. A limit leaves some imports to later
// runs.
func summary(actions []bridge.Action, limit int) string {
	count := map[bridge.Verb]int{}
	for _, a := range actions {
		count[a.Verb]++
	}
	parts := []string{}
	for _, v := range []bridge.Verb{bridge.Import, bridge.Delete, bridge.Keep, bridge.Refuse, bridge.Skip} {
		switch n := count[v]; {
		case v == bridge.Import && limit > 0 && n > limit:
			parts = append(parts, fmt.Sprintf("%s %d of %d", v, limit, n))
		case n > 0:
			parts = append(parts, fmt.Sprintf("%s %d", v, n))
		}
	}
	if len(parts) == 0 {
		return "do nothing"
	}
	return strings.Join(parts, ", ")
}

func dueText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func octets(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(int64(n)) + " " + noun + "s"
}
