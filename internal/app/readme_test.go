package app_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsTheDemo holds the README's transcript to what is printed.
func TestReadmeShowsTheDemo(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, transcript, found := strings.Cut(string(readme), "$ go run . demo\n")
	transcript, _, ended := strings.Cut(transcript, "\nThe tests:")
	if !found || !ended {
		t.Fatal("the README has no transcript of the demo")
	}
	h := newHarness(t)
	h.expect(0, "demo")
	printed, lines := h.out.String(), 0
	for line := range strings.Lines(transcript) {
		line = strings.TrimSpace(strings.ReplaceAll(line, "[...]", ""))
		if line != "" && !strings.Contains(printed, line) {
			t.Errorf("the demo doesn't print %q", line)
		}
		lines++
	}
	if lines < 20 {
		t.Errorf("the README's transcript has %d lines", lines)
	}
}
