package main_test

import (
	"errors"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// expect CODE PROGRAM [ARG…] runs a program that is to end with an exit code.
// What it says may be looked at by stdout, stderr and json; secrets, mail and
// escape sequences may never be in it.
func expect(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: expect CODE PROGRAM [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code, err := exitCode(ts.Exec(args[1], args[2:]...))
	ts.Check(err)
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
	w := worldOf(ts)
	if !slices.Contains(args, "save") {
		w.inspect(ts, "standard output", ts.ReadFile("stdout"))
	}
	w.inspect(ts, "standard error", ts.ReadFile("stderr"))
}

// silent CODE PROGRAM [ARG…] is expect for one that has nothing to say.
func silent(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args)
	if ts.ReadFile("stdout")+ts.ReadFile("stderr") != "" {
		ts.Fatalf("it was not silent")
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// What stands in each message that a script makes up, and nowhere else.
const (
	subjectMark = "subject-of-a-message"
	bodyMark    = "body-of-a-message"
)

// inspect looks for what no output may hold.
func (w *world) inspect(ts *testscript.TestScript, where, text string) {
	for _, hidden := range append(slices.Clone(w.secrets), subjectMark, bodyMark, "\x1b") {
		if strings.Contains(text, hidden) {
			ts.Fatalf("%s shows %q", where, hidden)
		}
	}
}
