package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/popbridge/popbridge/"

// may lists what each package of ours may import of ours, with the reason.
// Tests are free: they hold rooms together that don't know each other.
var may = map[string][]string{
	"": {"internal/app"},
	// The command line knows everything but the test servers.
	"internal/app": {"internal/bridge", "internal/config", "internal/demo", "internal/deviceflow", "internal/elsewhere", "internal/firstconfig", "internal/provider", "internal/spool", "pop3", "gmail", "state"},
	// The demo brings its servers and is handed the command line.
	"internal/demo": {"pop3/pop3test", "gmail/gmailtest"},
	// Plan, policy and verbs: the one place where the leaves meet.
	"internal/bridge": {"pop3", "gmail", "state", "internal/message", "internal/spool"},
	// Leaves own their value types, so that each can be read alone.
	"internal/config": {}, "internal/deviceflow": {}, "internal/elsewhere": {}, "internal/firstconfig": {},
	"internal/message": {}, "internal/provider": {}, "internal/spool": {},
	// Nothing but tests of the whole program.
	"internal/reliability": {},
	// It measures the program from outside, against the test servers.
	"bench": {"pop3/pop3test", "pop3/dovecottest", "gmail/gmailtest"},
	"pop3":  {}, "gmail": {}, "state": {},
	// A test server that shared code with its client would share its errors.
	"pop3/pop3test": {}, "pop3/dovecottest": {}, "gmail/gmailtest": {}, "internal/deviceflow/devicetest": {},
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		check(t, strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, strings.TrimSuffix(module, "/")), "/"), p.Imports)
	}
	if seen != len(may) {
		t.Errorf("%d packages, %d are listed here", seen, len(may))
	}
}

func check(t *testing.T, name string, imports []string) {
	allowed, known := may[name]
	if !known {
		t.Errorf("package %q is not listed here", name)
	}
	for _, i := range imports {
		ours, isOurs := strings.CutPrefix(i, module)
		if isOurs && !slices.Contains(allowed, ours) {
			t.Errorf("%s imports %s, which it may not", name, ours)
		}
		if i == "testing" {
			t.Errorf("%s imports testing outside of tests", name)
		}
	}
}
