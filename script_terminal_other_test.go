//go:build !linux

package main_test

import "github.com/rogpeppe/go-internal/testscript"

// terminal is for Linux alone.
func terminal(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("there is no terminal here") }
