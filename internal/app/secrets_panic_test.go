package app_test

import (
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/app"
)

// TestABugTellsNoSecret: wherever a run meets a bug, it ends with 70 or as if
// nothing were, shows where it was, and not with what.
func TestABugTellsNoSecret(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	for nth, bugs := int64(1), 0; ; nth++ {
		box.Add("u"+time.Duration(nth).String(), mail("subject-"+time.Duration(nth).String(), "x\r\n"))
		var asked atomic.Int64
		h.out.Reset()
		h.err.Reset()
		code := app.Main(t.Context(), []string{"popbridge", "--config", h.path("config.toml"), "run", "-v"}, app.World{
			Stdin: strings.NewReader(""), Stdout: &h.out, Stderr: &h.err, Home: h.dir, GOOS: "linux",
			Getenv: func(string) string { return "" }, Mail: os.DirFS("../../testdata/mail"),
			Now: func() time.Time {
				if asked.Add(1) == nth {
					panic("a clock that holds secret of shop")
				}
				return h.now()
			}})
		said := h.out.String() + h.err.String()
		if code == 70 {
			bugs++
		}
		if (code == 70) != strings.Contains(said, "a bug: string: ") {
			t.Fatalf("call %d of the clock: exit %d\n%s", nth, code, said)
		}
		for _, hidden := range []string{"secret of", "subject-", "orders@"} {
			if strings.Contains(said, hidden) {
				t.Errorf("call %d of the clock: it says %q\n%s", nth, hidden, said)
			}
		}
		if asked.Load() < nth { // the run has no further step
			if bugs < 5 {
				t.Errorf("%d of %d runs met a bug", bugs, nth)
			}
			break
		}
	}
	h.expect(0, "run")
}
