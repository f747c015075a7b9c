package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// measurements are the runs of each tool by its name.
type measurements map[string][]usage

// What a run is measured by, besides usage.CPU.
func wall(u usage) time.Duration { return u.Wall }

func peak(u usage) int64 { return u.MaxRSS }

// turns lets the tools run in turn, as often as times says of each: what
// disturbs the machine for a while then disturbs all of them.
func turns(tools []tool, times func(tool) int, run func(tool) (usage, error)) (measurements, error) {
	m := measurements{}
	for round := 0; ; round++ {
		due := slices.DeleteFunc(slices.Clone(tools), func(t tool) bool { return round >= times(t) })
		if len(due) == 0 {
			return m, nil
		}
		for _, t := range due {
			u, err := run(t)
			if errors.Is(err, errLeftOut) {
				continue
			}
			if err != nil {
				return nil, err
			}
			m[t.name] = append(m[t.name], u)
		}
	}
}

// middle is the median of a tool's runs.
func middle[T cmp.Ordered](m measurements, tool string, of func(usage) T) T {
	var v []T
	for _, u := range m[tool] {
		v = append(v, of(u))
	}
	return median(v)
}

// compare is a row of medians: popbridge's, and those of the others that
// were measured.
func compare[T cmp.Ordered](m measurements, name, measured string, of func(usage) T, show func(T) string) row {
	r := row{Name: name, Measured: measured, Popbridge: show(middle(m, "popbridge", of))}
	var others []string
	for _, tool := range []string{"mpop", "fetchmail", "getmail"} {
		if len(m[tool]) > 0 {
			others = append(others, tool+" "+show(middle(m, tool, of)))
		}
	}
	r.Others = strings.Join(others, ", ")
	return r
}

// part is popbridge's median as a part of another's.
func (m measurements) part(tool string, of func(usage) time.Duration) string {
	return ratio(middle(m, "popbridge", of), middle(m, tool, of)) + " of " + tool
}

// multiple is another's median as a multiple of popbridge's.
func (m measurements) multiple(tool string, of func(usage) time.Duration) string {
	if len(m[tool]) == 0 {
		return tool + " failed"
	}
	return fmt.Sprintf("%s %.0f×", tool, float64(middle(m, tool, of))/float64(middle(m, "popbridge", of)))
}

// sample says how many runs the medians are of, and how far popbridge's
// lie apart.
func (m measurements) sample() string {
	var counts []string
	for _, tool := range slices.Sorted(maps.Keys(m)) {
		counts = append(counts, fmt.Sprintf("%s %d", tool, len(m[tool])))
	}
	own := slices.SortedFunc(slices.Values(m["popbridge"]), func(a, b usage) int { return cmp.Compare(a.Wall, b.Wall) })
	return fmt.Sprintf("medians (%s runs), popbridge from %s to %s", strings.Join(counts, ", "),
		seconds(own[0].Wall), seconds(own[len(own)-1].Wall))
}
