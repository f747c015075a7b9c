package app

import (
	"regexp"
	"strings"

	"github.com/popbridge/popbridge/internal/config"
)

// command finds popbridge's own commands in a hint.
var command = regexp.MustCompile(`\bpopbridge (adopt|check|drop|init|login|retry|run|save|state|status)\b`)

// hints are the lines of a hint, fit to be shown and typed.
func (p *program) hints(hint string) []string {
	var lines []string
	for line := range strings.SplitSeq(p.hinted(hint), "\n") {
		if line != "" {
			lines = append(lines, printable(line))
		}
	}
	return lines
}

// hintLine is a hint in one line.
func (p *program) hintLine(hint string) string { return strings.Join(p.hints(hint), "; ") }

// hinted is a hint as it can be typed: where a configuration was named, the
// commands of the hint name it as well.
func (p *program) hinted(hint string) string {
	if !p.configNamed {
		return hint
	}
	const name = "popbridge"
	return command.ReplaceAllStringFunc(hint, func(typed string) string {
		return name + " --config " + config.ShellWord(p.configPath) + typed[len(name):]
	})
}
