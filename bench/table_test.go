package main

import (
	"strings"
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	m := measurements{
		"popbridge": {{Wall: 1210 * time.Millisecond, MaxRSS: 30 << 20}, {Wall: 3 * time.Second}, {Wall: time.Second}},
		"fetchmail": {{Wall: 88640 * time.Millisecond}},
		"mpop":      {{Wall: 1560 * time.Millisecond}},
	}
	r := compare(m, "backlog", "a|b", wall, seconds)
	r.Ratio = m.part("mpop", wall) + ", " + m.multiple("fetchmail", wall)
	r.Note = m.sample()
	var out strings.Builder
	if err := writeTable(&out, []row{r}); err != nil {
		t.Fatal(err)
	}
	want := `| row | measured | popbridge | others | ratio | note |
| --- | --- | --- | --- | --- | --- |
| backlog | a\|b | 1.21 s | mpop 1.56 s, fetchmail 88.6 s | 0.78 of mpop, fetchmail 73× | medians (fetchmail 1, mpop 1, popbridge 3 runs), popbridge from 1.00 s to 3.00 s |
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestUnits(t *testing.T) {
	for got, want := range map[string]string{
		seconds(70 * time.Millisecond):         "0.070 s",
		seconds(9994 * time.Millisecond):       "9.99 s",
		seconds(52940 * time.Millisecond):      "52.9 s",
		milliseconds(30499 * time.Microsecond): "30 ms",
		mebibytes(96<<20 + 1<<19):              "96.5 MiB",
		ratio(time.Second, 0):                  "–",
		ratio(3*time.Second, 4*time.Second):    "0.75",
		thousands(100_000):                     "100,000",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMedian(t *testing.T) {
	for want, v := range map[int][]int{0: {}, 5: {5}, 3: {9, 1, 3}, 4: {7, 4}} {
		if got := median(v); got != want {
			t.Errorf("the median of %v is %d, got %d", v, want, got)
		}
	}
}

func TestTurns(t *testing.T) {
	var order []string
	tools := []tool{{name: "quick"}, {name: "slow"}}
	m, err := turns(tools, func(t tool) int { return 4 - len(t.name)/2 }, func(t tool) (usage, error) {
		order = append(order, t.name)
		return usage{}, nil
	})
	if err != nil || len(m["quick"]) != 2 || len(m["slow"]) != 2 {
		t.Errorf("quick ran %d times, slow %d: %v", len(m["quick"]), len(m["slow"]), err)
	}
	if got := strings.Join(order, " "); got != "quick slow quick slow" {
		t.Errorf("they ran in the order %s", got)
	}
}
