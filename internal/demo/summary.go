package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// labelled gives what Gmail has, a line a label.
func (st *stage) labelled() []string {
	made := st.gmail.Labels(address)
	count := map[string]int{}
	for _, name := range made {
		count[name] = 0
	}
	for _, m := range st.gmail.Messages(address) {
		for _, id := range m.LabelIDs {
			count[cmp.Or(made[id], id)]++
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		lines = append(lines, fmt.Sprintf("%-12s %3d", name, count[name]))
	}
	return lines
}

// tally counts what is where.
func (st *stage) tally() string {
	return fmt.Sprintf("Gmail has %s; the provider has %d at the office, %d at home",
		counted(len(st.gmail.Messages(address)), "message"), len(st.office.UIDs()), len(st.home.UIDs()))
}

func counted(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}
