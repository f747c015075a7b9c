package app

import (
	"github.com/popbridge/popbridge/internal/bridge"
)

// The exit codes, as in sysexits(3).
const (
	exitOK            = 0
	exitUsage         = 64 // wrong usage
	exitRefused       = 65 // all done, but a message is newly refused
	exitUnavailable   = 69 // a server can't be reached or failed for now
	exitBug           = 70 // a bug
	exitState         = 73 // state can't be read or written
	exitLater         = 75 // try again later
	exitPerson        = 77 // a person must act
	exitMisconfigured = 78 // the configuration is wrong
	exitInterrupted   = 130
	exitTerminated    = 143
)

// exitCodes are those of the classes of failure. The graver class wins where
// several accounts fail, in the order 70, 78, 73, 77, 69, 75, 65, 0.
var exitCodes = map[bridge.Class]int{
	bridge.Well:          exitOK,
	bridge.NewlyRefused:  exitRefused,
	bridge.Later:         exitLater,
	bridge.Unavailable:   exitUnavailable,
	bridge.Person:        exitPerson,
	bridge.NoState:       exitState,
	bridge.Usage:         exitUsage,
	bridge.Misconfigured: exitMisconfigured,
	bridge.Bug:           exitBug,
}

// exitOf is the exit code of one failure, nil being none.
func exitOf(f *bridge.Failure) int {
	if f == nil {
		return exitOK
	}
	return exitCodes[f.Class]
}

// gravest is the exit code of several accounts.
func gravest(results []bridge.Result) int {
	worst := bridge.Well
	for _, r := range results {
		if r.Failure != nil {
			worst = max(worst, r.Failure.Class)
		}
	}
	return exitCodes[worst]
}
