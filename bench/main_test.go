package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// scratch is a folder for as long as the tests run.
var scratch string

// TestMain lets the test be its own servers, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		main()
		return
	}
	// Under the race detector each server would sleep a second at its end.
	if os.Setenv("GORACE", "atexit_sleep_ms=0") != nil {
		panic("no environment")
	}
	os.Exit(withScratch(m.Run))
}

func withScratch(run func() int) int {
	var err error
	if scratch, err = os.MkdirTemp("", "popbridge-bench-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	return run()
}

// built builds popbridge once for all tests.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "popbridge")
	build := exec.Command("go", "build", "-o", path, "github.com/popbridge/popbridge")
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build popbridge: %w: %s", err, out)
	}
	return path, nil
})

// newBench is a bench that measures everything once.
func newBench(t *testing.T) *bench {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	b := &bench{ctx: t.Context(), log: &log, program: program, reps: 1, quotaReps: 1}
	if err := b.prepare(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(b.dir); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("%s", &log)
		}
	})
	return b
}

func skipIfMissing(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, dovecottest.ErrMissing) && os.Getenv("POPBRIDGE_REQUIRE_DOVECOT") != "1" {
		t.Skipf("needs Dovecot: %v", err)
	}
}

func TestWrongUse(t *testing.T) {
	for want, args := range map[string][]string{
		"-program is missing":               {},
		"measure at least once":             {"-program", "popbridge", "-reps", "0"},
		"find popbridge":                    {"-program", filepath.Join(t.TempDir(), "popbridge")},
		`there is no "speed"; there are ba`: {"-rows", "backlog,speed"},
		"not defined: -rounds":              {"-rounds", "3"},
	} {
		var out, log bytes.Buffer
		err := run(t.Context(), args, &out, &log)
		if err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("bench %q: %v, want %q\n%s", args, err, want, &out)
		}
	}
}
