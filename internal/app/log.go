package app

import (
	"log/slog"
)

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// openLog makes the log as the global flags want it: on standard error, and
// at all only with --verbose.
func (p *program) openLog(verbose bool, format string) error {
	p.verbose = verbose
	level := slog.LevelError
	if verbose {
		level = slog.LevelDebug
	}
	o := &slog.HandlerOptions{Level: level}
	switch format {
	case "json":
		p.logJSON = true
		p.log = slog.New(slog.NewJSONHandler(p.Stderr, o))
	case "text":
		p.log = slog.New(slog.NewTextHandler(p.Stderr, o))
	default:
		return usageError{text: "--log-format " + format + ": it is text or json"}
	}
	return nil
}
