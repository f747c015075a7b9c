package main

import (
	"fmt"
	"strings"
	"time"
)

// growthRows are the table's, a figure for each size of mailbox in each.
func growthRows(all []*growing, reps int) []row {
	last := all[len(all)-1]
	each := func(show func(*growing) string) string {
		var cells []string
		for _, g := range all {
			cells = append(cells, show(g))
		}
		return strings.Join(cells, " / ")
	}
	sizes := each(func(g *growing) string { return fmt.Sprint(g.known) })
	what := fmt.Sprintf("%s known messages and %d new, no round trip: ", sizes, last.added)
	good := fmt.Sprintf("all %d new imported and nothing else, exit 0, silent%s", last.added, ofRuns(reps))
	return []row{
		{Name: "growth", Measured: what + "wall time",
			Popbridge: each(func(g *growing) string { return seconds(median(walls(g.run))) }),
			Others:    "bare listing " + each(func(g *growing) string { return seconds(median(g.listing)) }),
			Note:      good},
		{Name: "growth, beyond the listing", Measured: what + "wall time less the bare listing's, of each message listed",
			Popbridge: each(func(g *growing) string { return micros(g.beyond(), g.lines()) }),
			Ratio:     growthRatio(all), Note: growthNote(all)},
		{Name: "growth, memory", Measured: what + "peak resident set",
			Popbridge: each(func(g *growing) string { return mebibytes(median(peaks(g.run))) })},
		{Name: "growth, state", Measured: sizes + " known messages: size of the state file, octets a row",
			Popbridge: each(func(g *growing) string { return mebibytes(g.file) }),
			Note:      each(func(g *growing) string { return fmt.Sprint(g.file / int64(max(g.known, 1))) }) + " octets a row"},
		{Name: "growth, status", Measured: what + "wall time of popbridge status",
			Popbridge: each(func(g *growing) string { return seconds(median(walls(g.status))) }),
			Note:      "peak resident set " + each(func(g *growing) string { return mebibytes(median(peaks(g.status))) })},
		{Name: "growth, nothing new", Measured: sizes + " known messages and none new, no round trip: wall time",
			Popbridge: each(func(g *growing) string { return seconds(median(walls(g.idle))) }),
			Note: "CPU " + each(func(g *growing) string { return seconds(median(cpus(g.idle))) }) +
				"; peak resident set " + each(func(g *growing) string { return mebibytes(median(peaks(g.idle))) }) +
				"; no Gmail request, exit 0, silent"},
	}
}

func cpus(all []usage) (v []time.Duration) {
	for _, u := range all {
		v = append(v, u.CPU())
	}
	return v
}

// micros is a part of d in microseconds.
func micros(d time.Duration, parts int) string {
	return fmt.Sprintf("%.1f µs", float64(d.Microseconds())/float64(max(parts, 1)))
}

// growthRatio compares how the time beyond the listing grows from the last
// but one size to the last with how the listing does: 1 is as fast.
func growthRatio(all []*growing) string {
	if len(all) < 2 {
		return ""
	}
	a, b := all[len(all)-2], all[len(all)-1]
	beyond := b.beyond().Seconds() / a.beyond().Seconds()
	return fmt.Sprintf("%.2f", beyond/(float64(b.lines())/float64(a.lines())))
}

// growthNote says what each further message costs, which leaves out what every
// run does.
func growthNote(all []*growing) string {
	var steps []string
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		steps = append(steps, fmt.Sprintf("from %d to %d %s beyond the listing and %s for it", a.known, b.known,
			micros(b.beyond()-a.beyond(), b.known-a.known), micros(median(b.listing)-median(a.listing), b.known-a.known)))
	}
	if steps == nil {
		return ""
	}
	return "each further message: " + strings.Join(steps, ", ") + "; the ratio is the growth of what is beyond the listing to the listing's, at most 1 is the aim"
}
