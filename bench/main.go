// Bench measures popbridge beside mpop, fetchmail and getmail, and prints a
// Markdown table: each row of docs/performance.md comes from it. Start it by
// the script run, which builds what it needs.
//
// Dovecot, the Gmail stand-in and the tools are processes of their own. Between
// Dovecot and the tools stands a relay that makes round trips last. All of it
// is on the loopback interface, and of temporary files.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		if err := serve(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench serve:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures what the arguments ask for, and writes the table to out.
func run(ctx context.Context, args []string, out, log io.Writer) error {
	b := &bench{ctx: ctx, log: log}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&b.program, "program", "", "path of the popbridge to measure")
	flags.IntVar(&b.reps, "reps", 5, "how often each is measured")
	flags.IntVar(&b.slowReps, "slow-reps", 0, "how often fetchmail and getmail are measured in a backlog (default: as -reps says)")
	flags.IntVar(&b.quotaReps, "quota-reps", 1, "how often what waits for Gmail's quota is measured, which takes minutes")
	names := flags.String("rows", "", "sections to measure, with commas between (default: all, "+strings.Join(b.sectionNames(), ",")+")")
	if err := flags.Parse(args); err != nil {
		return err
	}
	sections, err := b.choose(*names)
	if err != nil {
		return err
	}
	if err := b.prepare(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	rows, err := b.runAll(sections)
	if err != nil {
		return err
	}
	return writeTable(out, rows)
}

// prepare checks what the flags said and makes the folder of this run.
func (b *bench) prepare() error {
	if b.program == "" {
		return fmt.Errorf("-program is missing: give the path of popbridge")
	}
	if b.reps < 1 || b.slowReps < 0 || b.quotaReps < 1 {
		return fmt.Errorf("-reps %d, -slow-reps %d, -quota-reps %d: measure at least once", b.reps, b.slowReps, b.quotaReps)
	}
	if b.slowReps == 0 {
		b.slowReps = b.reps
	}
	var err error
	if b.program, err = filepath.Abs(b.program); err != nil {
		return fmt.Errorf("find popbridge: %w", err)
	}
	if _, err := os.Stat(b.program); err != nil {
		return fmt.Errorf("find popbridge: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "popbridge-bench-"); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	return os.Chmod(b.dir, 0o755) // lets a user who is nobody reach his own folder
}
