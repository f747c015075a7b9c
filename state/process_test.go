package state

import (
	"fmt"
	"slices"
	"testing"
)

// Two processes make and fill one file at the same time.
func TestTwoProcesses(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		t.Parallel()
		path := tempPath(t)
		const count = 40
		one, oneOut := startChild(t, path, "one", journal, count)
		two, twoOut := startChild(t, path, "two", journal, count)
		var lines []string
		for oneOut.Scan() {
			lines = append(lines, oneOut.Text())
		}
		for twoOut.Scan() {
			lines = append(lines, twoOut.Text())
		}
		must(t, one.Wait())
		must(t, two.Wait())
		if len(lines) != 2*count+2 || !slices.Contains(lines, "created true") || !slices.Contains(lines, "created false") {
			t.Errorf("children printed %q", lines)
		}
		db := open(t, path, Options{networked: onNetwork(journal)})
		if got := len(uids(t, db, "acct")); got != 2*count {
			t.Errorf("%d records", got)
		}
	})
}

// What was acknowledged is there after a kill.
func TestKilledWriter(t *testing.T) {
	forJournals(t, func(t *testing.T, journal string) {
		t.Parallel()
		path := tempPath(t)
		var acknowledged []string
		for round := range 2 {
			cmd, out := startChild(t, path, fmt.Sprint("round", round), journal, 0)
			for i := 0; out.Scan(); i++ {
				if i > 0 {
					acknowledged = append(acknowledged, out.Text())
				}
				if i == 100 {
					must(t, cmd.Process.Kill())
				}
			}
			if err := cmd.Wait(); err == nil {
				t.Fatal("the child was not killed")
			}
		}
		db := open(t, path, Options{Mode: ReadOnly})
		got := uids(t, db, "acct")
		for _, uid := range acknowledged {
			if _, found := slices.BinarySearch(got, uid); !found {
				t.Errorf("%s is lost", uid)
			}
		}
		if len(acknowledged) < 200 {
			t.Errorf("only %d were acknowledged", len(acknowledged))
		}
	})
}
