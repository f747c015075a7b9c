package app_test

import (
	"strings"
	"syscall"
	"testing"
)

// fullDevice takes nothing.
type fullDevice struct{}

func (fullDevice) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A result that never arrived must not be taken for one, as a message saved
// before it is dropped.
func TestResultsThatCanNotBeWrittenEndIn73(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop"), 1)
	h.expect(0, "run")
	for _, command := range []string{"save shop uid0", "state export", "status", "status --json", "run -n", "run --json", "--version", "--help"} {
		t.Run(command, func(t *testing.T) {
			if code := h.runWith(t.Context(), fullDevice{}, strings.Fields(command)...); code != 73 {
				t.Errorf("exit %d, want 73\nstderr: %s", code, &h.err)
			}
			if !strings.Contains(h.err.String(), "no space left on device") {
				t.Errorf("it doesn't say why: %s", &h.err)
			}
		})
	}
}
