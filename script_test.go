package main_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript runs the scripts of testdata/script. Each has a folder of its
// own with, once a script starts them, a POP3 server, a stand-in for Gmail and
// a configuration between them:
//
//	$CONFIG  $WORK/popbridge/config.toml, where popbridge looks by itself;
//	         ca.pem, client.json and token.json lie beside it
//	$STATE   $WORK/state/popbridge/state.db, the default too
//	$MAIL    the sample mail
//
// Beside testscript's own commands there are these, each described where it
// is written:
//
//	expect silent start await type signal finish terminal chromium
//	config pop3 gmail device browser dovecot
//	age schema lock unlock json mode
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Condition:           condition,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"expect": expect, "silent": silent,
			"start": start, "await": await, "type": typeIn, "signal": signal, "finish": finish,
			"terminal": terminal, "chromium": chromium,
			"config": config, "pop3": pop3, "gmail": gmail, "device": device, "browser": browser, "dovecot": dovecot,
			"age": age, "schema": schema, "lock": lock, "unlock": unlock, "json": compareJSON, "mode": mode,
		},
	})
}

// setUp gives a script its folders and a world without servers.
func setUp(env *testscript.Env) error {
	mail, err := filepath.Abs(filepath.Join("testdata", "mail"))
	if err != nil {
		return err
	}
	w := newWorld(env)
	env.Values[worldKey{}] = w
	env.Defer(w.close)
	for key, value := range map[string]string{
		"XDG_CONFIG_HOME": env.WorkDir,
		"XDG_STATE_HOME":  filepath.Join(env.WorkDir, "state"),
		"CONFIG":          w.path("config.toml"),
		"STATE":           w.state,
		"MAIL":            mail,
		"TZ":              "Asia/Tokyo", // what is shown is UTC all the same
	} {
		env.Setenv(key, value)
	}
	if os.Getenv("GORACE") == "" {
		// Without it each process lingers for a second under -race.
		env.Setenv("GORACE", "atexit_sleep_ms=0")
	}
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		return err
	}
	return withoutBrowser(env)
}

// withoutBrowser keeps login from opening a page on the desktop of whoever
// runs the tests: the first browser on the PATH is one that fails.
func withoutBrowser(env *testscript.Env) error {
	if runtime.GOOS == "windows" {
		return nil // the scripts that log in don't run there
	}
	bin := filepath.Join(env.WorkDir, ".bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
			return err
		}
	}
	env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
	return nil
}
