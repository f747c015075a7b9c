package app

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/config"
)

// arrange puts arguments into the order that the cli package understands:
// global flags, command, its flags, "--", arguments. People put flags
// anywhere, and "run lolipop --dry-run" must not be taken for a run of two
// accounts.
func arrange(app *cli.App, args []string) ([]string, error) {
	a := &arranger{global: flagTable(app.Flags), commands: app.Commands}
	a.local = map[string]cli.Flag{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		var err error
		switch {
		case arg == "--":
			a.arguments = append(a.arguments, args...)
			args = nil
		case strings.HasPrefix(arg, "-"):
			args, err = a.flag(arg, args)
		default:
			err = a.word(arg)
		}
		if err != nil {
			return nil, err
		}
	}
	return a.result(), nil
}

type arranger struct {
	global, local map[string]cli.Flag
	commands      []*cli.Command
	path          []string
	// settled tells that the command has no subcommands left to name.
	settled                            bool
	globalFlags, localFlags, arguments []string
}

func (a *arranger) result() []string {
	out := append([]string{"popbridge"}, a.globalFlags...)
	out = append(append(out, a.path...), a.localFlags...)
	if len(a.arguments) > 0 {
		out = append(append(out, "--"), a.arguments...)
	}
	return out
}

// word takes a command's name, or an argument once the command is known.
func (a *arranger) word(arg string) error {
	if a.settled {
		a.arguments = append(a.arguments, arg)
		return nil
	}
	var names []string
	for _, c := range a.commands {
		if c.HasName(arg) {
			a.path = append(a.path, arg)
			a.local = flagTable(c.Flags)
			a.commands = c.Subcommands
			a.settled = len(c.Subcommands) == 0
			return nil
		}
		names = append(names, c.Name)
	}
	return usageError{text: "there is no command " + strings.Join(append(a.path, arg), " "), hint: nearestHint(arg, names)}
}

// flag takes a flag, with its value where it has one.
func (a *arranger) flag(arg string, rest []string) ([]string, error) {
	name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	if name == "help" || name == "h" {
		a.localFlags = append(a.localFlags, "--help")
		return rest, nil
	}
	f, into := a.local[name], &a.localFlags
	if f == nil {
		f, into = a.global[name], &a.globalFlags
	}
	if f == nil {
		if strings.HasPrefix(arg, "--") || len(name) < 2 {
			return nil, a.unknown(arg)
		}
		return a.cluster(arg, rest)
	}
	*into = append(*into, arg)
	if _, isBool := f.(*cli.BoolFlag); isBool || hasValue {
		return rest, nil
	}
	if len(rest) == 0 {
		return nil, usageError{text: "flag " + arg + " needs a value"}
	}
	*into = append(*into, rest[0])
	return rest[1:], nil
}

// cluster takes short flags written together, as in -nv.
func (a *arranger) cluster(arg string, rest []string) ([]string, error) {
	for _, letter := range arg[1:] {
		f, into := a.local[string(letter)], &a.localFlags
		if f == nil {
			f, into = a.global[string(letter)], &a.globalFlags
		}
		if _, isBool := f.(*cli.BoolFlag); !isBool {
			return nil, a.unknown(arg)
		}
		*into = append(*into, "-"+string(letter))
	}
	return rest, nil
}

func (a *arranger) unknown(arg string) error {
	var names []string
	for _, table := range []map[string]cli.Flag{a.local, a.global} {
		for name := range table {
			if len(name) > 1 {
				names = append(names, "--"+name)
			}
		}
	}
	name, _, _ := strings.Cut(arg, "=")
	return usageError{text: "there is no flag " + name, hint: nearestHint(name, names)}
}

func flagTable(flags []cli.Flag) map[string]cli.Flag {
	table := map[string]cli.Flag{}
	for _, f := range flags {
		for _, name := range f.Names() {
			table[name] = f
		}
	}
	return table
}

func nearestHint(typed string, known []string) string {
	if near := config.Nearest(typed, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "popbridge --help"
}
