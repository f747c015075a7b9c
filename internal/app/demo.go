package app

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/demo"
)

func (p *program) demo(c *cli.Context) error {
	if _, err := arguments(c, 0, 0); err != nil {
		return err
	}
	o := demo.Options{Out: p.Stdout, Mail: p.Mail, Invoke: p.invoke,
		Colour: p.StdoutIsTerminal && p.Getenv("NO_COLOR") == ""}
	show := demo.Run
	if c.Bool("serve") {
		show = demo.Serve
	}
	// A reader that goes away must not end the process before it has tidied up.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	err := show(c.Context, o)
	if errors.Is(err, syscall.EPIPE) {
		return exitError{exitInterrupted}
	}
	if errors.Is(err, demo.ErrSetup) {
		return &bridge.Failure{Class: bridge.NoState, Err: err}
	}
	return err
}

// invoke runs another command as cron would: nobody watches, nobody answers.
func (p *program) invoke(ctx context.Context, now func() time.Time, stdout, stderr io.Writer, args ...string) int {
	w := p.World
	w.Now, w.Stdin, w.Stdout, w.Stderr = now, strings.NewReader(""), stdout, stderr
	w.StdoutIsTerminal, w.StderrIsTerminal = false, false
	w.OpenBrowser = func(string) error { return os.ErrNotExist }
	return Main(ctx, append([]string{"popbridge"}, args...), w)
}
