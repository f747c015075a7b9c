package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be popbridge itself, for the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"popbridge": main})
}
