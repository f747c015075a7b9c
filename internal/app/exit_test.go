package app

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/popbridge/popbridge/internal/bridge"
)

func failed(classes ...bridge.Class) (results []bridge.Result) {
	for _, c := range classes {
		r := bridge.Result{}
		if c != bridge.Well {
			r.Failure = &bridge.Failure{Class: c, Err: errors.New("x")}
		}
		results = append(results, r)
	}
	return results
}

func TestTheGravestCodeWins(t *testing.T) {
	// From the gravest, as the exit codes are documented.
	order := []struct {
		class bridge.Class
		code  int
	}{
		{bridge.Bug, 70}, {bridge.Misconfigured, 78}, {bridge.NoState, 73}, {bridge.Person, 77},
		{bridge.Unavailable, 69}, {bridge.Later, 75}, {bridge.NewlyRefused, 65}, {bridge.Well, 0},
	}
	for i, grave := range order {
		for _, light := range order[i:] {
			if got := gravest(failed(light.class, grave.class, light.class)); got != grave.code {
				t.Errorf("with %d and %d the exit code is %d, want %d", light.code, grave.code, got, grave.code)
			}
		}
	}
	if got := exitOf(&bridge.Failure{Class: bridge.Usage}); got != 64 {
		t.Errorf("wrong usage exits %d", got)
	}
	if got := gravest(nil); got != 0 {
		t.Errorf("no account at all exits %d", got)
	}
}

func TestABugExits70(t *testing.T) {
	var out, err bytes.Buffer
	w := World{Stdout: &out, Stderr: &err, Stdin: strings.NewReader(""),
		Getenv: func(string) string { panic("a secret value") }}
	if code := Main(context.Background(), []string{"popbridge", "status"}, w); code != 70 {
		t.Errorf("exit %d, want 70", code)
	}
	if !strings.HasPrefix(err.String(), "popbridge: a bug: ") || strings.Contains(err.String(), "secret") || out.Len() > 0 {
		t.Errorf("it says %q and %q", &out, &err)
	}
}

func TestSignalsHaveTheirCodes(t *testing.T) {
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 143} {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(Signalled{Signal: signal})
		var out, err bytes.Buffer
		w := World{Stdout: &out, Stderr: &err, Stdin: strings.NewReader(""), Getenv: func(string) string { return "" }}
		if code := Main(ctx, []string{"popbridge", "--version"}, w); code != want {
			t.Errorf("%v: exit %d, want %d", signal, code, want)
		}
	}
}
