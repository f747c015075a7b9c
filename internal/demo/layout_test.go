package demo

import (
	"strings"
	"testing"
	"time"
)

func TestWrapped(t *testing.T) {
	long := strings.Repeat("word ", 40)
	got := wrapped("  " + long + "\n\t\tend ")
	for line := range strings.Lines(got) {
		if len(strings.TrimSuffix(line, "\n")) > width {
			t.Errorf("a line of %d characters: %q", len(line)-1, line)
		}
	}
	if want := strings.Fields(long + "end"); strings.Join(strings.Fields(got), " ") != strings.Join(want, " ") {
		t.Errorf("the words changed: %q", got)
	}
	if strings.Count(got, "\n") != 3 || !strings.HasSuffix(got, " end\n") {
		t.Errorf("not three lines: %q", got)
	}
}

func TestIndented(t *testing.T) {
	if got, want := indented("a\n\n  b\nc"), "    a\n\n      b\n    c\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := indented(""); got != "" {
		t.Errorf("nothing became %q", got)
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "no requests", 1: "1 request", 12: "12 requests"} {
		if got := counted(n, "request"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestClockGoesOnlyAhead(t *testing.T) {
	c := newClock(firstDay)
	later := firstDay.Add(24 * time.Hour)
	c.set(later)
	if now := c.now(); now.Before(later) || now.After(later.Add(time.Hour)) {
		t.Errorf("set to %s, it shows %s", later, now)
	}
	c.set(firstDay)
	if now := c.now(); now.Before(later) {
		t.Errorf("it went back to %s", now)
	}
	before := c.now()
	for deadline := time.Now().Add(10 * time.Second); !c.now().After(before); {
		if time.Now().After(deadline) {
			t.Fatal("it stands still")
		}
	}
}
