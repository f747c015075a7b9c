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
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: visible}
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

// visible keeps anything from reaching a log that could steer the terminal it
// is read on: JSON lets DEL, the C1 controls and writing directions pass.
func visible(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		return slog.String(a.Key, printable(v))
	case error:
		return slog.String(a.Key, printable(v.Error()))
	}
	return a
}
