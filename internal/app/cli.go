package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/config"
)

// program is one invocation.
type program struct {
	World
	// stderr is where World.Stderr leads.
	stderr *serial
	// bars are nil unless a person watches a run.
	bars       *bars
	log        *slog.Logger
	logJSON    bool
	verbose    bool
	configPath string
	// configNamed tells that --config was given.
	configNamed bool
	// exit gives an exit code back, or a signal's where one came.
	exit func(code int) int
	// said are the failures that this invocation has told of.
	said map[string]bool
}

func (p *program) env() config.Env {
	return config.Env{Getenv: p.Getenv, Home: p.Home, GOOS: p.GOOS}
}

func (p *program) run(ctx context.Context, args []string) error {
	app := p.cli()
	arranged, err := arrange(app, args[1:])
	if err != nil {
		return err
	}
	return app.RunContext(ctx, arranged)
}

// cli describes the command line. What the cli package does otherwise than
// the design wants (flags after arguments, usage errors on standard output,
// exit codes of its own) is kept from it here and in arrange.
func (p *program) cli() *cli.App {
	app := &cli.App{
		Name:            "popbridge",
		Usage:           "move mail from POP3 mailboxes into Gmail, and keep the provider's mailbox from filling up",
		HideVersion:     true,
		HideHelpCommand: true,
		HideHelp:        true,
		Writer:          p.Stdout,
		ErrWriter:       p.Stderr,
		ExitErrHandler:  func(*cli.Context, error) {},
		OnUsageError:    onUsageError,
		Action:          p.bare,
		Before:          p.before,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Usage: "read the configuration from `FILE`"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say on standard error what goes on"},
			&cli.StringFlag{Name: "log-format", Value: "text", Usage: "`FORMAT` of what is said there: text or json"},
			&cli.BoolFlag{Name: "version", Usage: "print the version"},
			helpFlag(),
		},
		Commands: append(p.mailCommands(), p.messageCommands()...),
	}
	tame(app.Commands)
	return app
}

func (p *program) mailCommands() []*cli.Command {
	return []*cli.Command{
		{Name: "demo", Usage: "show the whole job offline, with sample mail", Action: p.demo, Flags: []cli.Flag{
			&cli.BoolFlag{Name: "serve", Usage: "leave both servers up, with a configuration to play with"}}},
		{Name: "init", Usage: "write a first configuration by asking", Action: p.initialise, Flags: initFlags()},
		{Name: "login", Usage: "authorise a destination, or an account that uses OAuth", ArgsUsage: "[NAME]", Action: p.login},
		{Name: "check", Usage: "try everything without moving mail", ArgsUsage: "[NAME…]", Action: p.check, Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print it as JSON"}}},
		{Name: "run", Usage: "fetch, import, record, delete what is past retention", ArgsUsage: "[ACCOUNT…]", Action: p.runCommand, Flags: []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "show what it would do, and change nothing"},
			&cli.BoolFlag{Name: "json", Usage: "print the outcome as JSON"},
			&cli.BoolFlag{Name: "no-delete", Usage: "delete nothing from the provider"},
			&cli.IntFlag{Name: "limit", Usage: "import at most `N` messages an account"}}},
		{Name: "status", Usage: "show what is known, without any network", ArgsUsage: "[ACCOUNT…]", Action: p.status, Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print it as JSON"}}},
		{Name: "adopt", Usage: "mark what is on the provider now as seen", ArgsUsage: "ACCOUNT", Action: p.adopt, Flags: []cli.Flag{
			&cli.StringFlag{Name: "before", Usage: "only mail received before `DATE` (2026-11-22)"},
			&cli.StringFlag{Name: "from", Usage: "only what another tool had fetched: `TOOL:FILE`, with getmail, mpop, fetchmail or thunderbird as TOOL"},
			&cli.BoolFlag{Name: "in-gmail", Usage: "record as imported what Gmail has already; needs access = \"verify\""},
			&cli.BoolFlag{Name: "yes", Usage: "with --from: another host in FILE is another name of the same server"}}},
	}
}

func (p *program) messageCommands() []*cli.Command {
	return []*cli.Command{
		{Name: "retry", Usage: "give refused or adopted messages another try", ArgsUsage: "ACCOUNT [UID…]", Action: p.retry},
		{Name: "save", Usage: "write a message of the provider to standard output", ArgsUsage: "ACCOUNT UID", Action: p.save},
		{Name: "drop", Usage: "let the next run delete refused or adopted messages", ArgsUsage: "ACCOUNT UID…", Action: p.drop, Flags: []cli.Flag{
			&cli.BoolFlag{Name: "yes", Usage: "don't ask"}}},
		{Name: "state", Usage: "the state as JSON Lines, out and back in; an account renamed", Action: p.bare, Subcommands: []*cli.Command{
			{Name: "export", Usage: "write the state to standard output", Action: p.exportState},
			{Name: "import", Usage: "read rows from standard input in place of those of the same UID", Action: p.importState},
			{Name: "move", Usage: "rename an account", ArgsUsage: "OLD NEW", Action: p.moveState}}},
	}
}

// helpFlag stands in for the cli package's own, one variable that all calls of
// Main would share.
func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help", DisableDefaultText: true}
}

// tame has every command report usage errors as the others.
func tame(commands []*cli.Command) {
	for _, c := range commands {
		c.OnUsageError = onUsageError
		c.HideHelpCommand, c.HideHelp = true, true
		c.Flags = append(c.Flags, helpFlag())
		tame(c.Subcommands)
	}
}

func onUsageError(_ *cli.Context, err error, _ bool) error {
	var value, flag string
	if _, bad := fmt.Sscanf(err.Error(), "invalid value %q for flag -%s", &value, &flag); bad == nil {
		return usageError{text: fmt.Sprintf("--%s %s is no number", strings.TrimSuffix(flag, ":"), value), hint: "popbridge --help"}
	}
	return usageError{text: err.Error(), hint: "popbridge --help"}
}

// before reads the global flags.
func (p *program) before(c *cli.Context) error {
	p.configPath = c.String("config")
	p.configNamed = p.configPath != ""
	if !p.configNamed {
		p.configPath = config.DefaultPath(p.env())
	}
	return p.openLog(c.Bool("verbose"), c.String("log-format"))
}

// bare is popbridge, or a command that has others beneath it, alone.
func (p *program) bare(c *cli.Context) error {
	if c.Bool("version") {
		p.say("popbridge %s", Version)
		return nil
	}
	if c.Command.Name == "state" {
		return usageError{text: "state alone does nothing", hint: "popbridge state export, state import or state move"}
	}
	return usageError{text: "no command was given", hint: "popbridge --help"}
}

// arguments checks how many arguments a command got; most < 0 is any number.
func arguments(c *cli.Context, least, most int) ([]string, error) {
	args := c.Args().Slice()
	if len(args) < least || most >= 0 && len(args) > most {
		return nil, usageError{text: fmt.Sprintf("%s takes %s", c.Command.Name, orNothing(c.Command.ArgsUsage)),
			hint: c.Command.HelpName + " --help"}
	}
	return args, nil
}

func orNothing(usage string) string {
	if usage == "" {
		return "no arguments"
	}
	return usage
}

// day is how dates are typed and shown.
const day = time.DateOnly
