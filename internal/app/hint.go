package app

import (
	"regexp"

	"github.com/popbridge/popbridge/internal/config"
)

// command finds popbridge's own commands in a hint.
var command = regexp.MustCompile(`\bpopbridge (adopt|check|drop|init|login|retry|run|save|state|status)\b`)

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
