package main

import (
	"fmt"
	"time"
)

const (
	// gmailQuota is Google's own for a project and user, in units a minute.
	gmailQuota = 6000
	// unitsOfImport is what an import costs of it.
	unitsOfImport = 25
	// gmailLatency is how long Gmail takes to answer a request.
	gmailLatency = 300 * time.Millisecond
)

// quotaPatience is how long a run under the quota may take.
const quotaPatience = 15 * time.Minute

// quota imports as fast as Gmail allows.
func (b *bench) quota() ([]row, error) {
	return b.rationed("quota", ration{messages: 1000, allowed: gmailQuota, configured: gmailQuota,
		latency: gmailLatency, within: quotaPatience})
}

// scarce imports where Gmail allows less than popbridge is told.
func (b *bench) scarce() ([]row, error) {
	return b.rationed("scarce", ration{messages: 300, allowed: gmailQuota / 2, configured: gmailQuota,
		latency: gmailLatency, within: quotaPatience})
}

// rationed is the row of one ration. A run that fails is told of in it.
func (b *bench) rationed(name string, r ration) ([]row, error) {
	var all []consumed
	for range b.quotaReps {
		c, err := b.consume(r)
		if err != nil {
			return nil, err
		}
		b.logf("%s: %s a minute, %s", name, perMinute(c.PerMinute), c.note(r))
		all = append(all, c)
	}
	return []row{r.row(name, all)}, nil
}

// row shows the run with the median rate, and the worst of what must not be.
func (r ration) row(name string, all []consumed) row {
	rates := make([]float64, len(all))
	for i, c := range all {
		rates[i] = c.PerMinute
	}
	shown := all[0]
	for _, c := range all {
		if c.PerMinute == median(rates) {
			shown = c
		}
	}
	for _, c := range all {
		shown.TooMany, shown.Imported = max(shown.TooMany, c.TooMany), min(shown.Imported, c.Imported)
		if shown.Exit == 0 {
			shown.Exit, shown.Said = c.Exit, c.Said
		}
	}
	return row{Name: name,
		Measured: fmt.Sprintf("%d messages of 10 KB, 40 ms round trip, Gmail answers in %s and allows %d units a minute, configured are %d: imports a minute",
			r.messages, milliseconds(r.latency), r.allowed, r.configured),
		Popbridge: perMinute(shown.PerMinute), Others: fmt.Sprintf("the quota allows %s", perMinute(r.perMinute())),
		Ratio: fmt.Sprintf("%.3f", shown.PerMinute/r.perMinute()),
		Note:  shown.note(r) + ofRuns(len(all))}
}

// ofRuns says how many runs a row is of.
func ofRuns(n int) string {
	if n == 1 {
		return "; one run"
	}
	return fmt.Sprintf("; median of %d runs", n)
}

func perMinute(rate float64) string { return fmt.Sprintf("%.1f", rate) }

// note says what else is to be seen, and whether all is well.
func (c consumed) note(r ration) string {
	text := fmt.Sprintf("429 %d times; longest gap %s", c.TooMany, seconds(c.Gap))
	if c.Most > 0 {
		text += fmt.Sprintf("; %d to %d in any 10 s", c.Fewest, c.Most)
	}
	if c.Later > 0 {
		text += fmt.Sprintf("; after the first minute %s a minute", perMinute(c.Later))
	}
	if c.Imported != r.messages || c.Exit != 0 {
		return text + fmt.Sprintf("; FAILED: %d of %d imported, exit %d: %s", c.Imported, r.messages, c.Exit, c.Said)
	}
	return text + fmt.Sprintf("; all %d imported, exit 0", c.Imported)
}
