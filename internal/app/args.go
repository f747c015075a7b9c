package app

import (
	"maps"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/config"
)

// arrange puts arguments into the order that the cli package understands:
// global flags, command, its flags, "--", arguments. People put flags
// anywhere, and "run lolipop --dry-run" must not be taken for a run of two
// accounts.
func arrange(app *cli.App, args []string) ([]string, error) {
	a := &arranger{global: flagTable(app.Flags), local: map[string]cli.Flag{}, commands: app.Commands, any: map[string]cli.Flag{}}
	a.gather(app.Flags, app.Commands)
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
	return a.result()
}

type arranger struct {
	// any holds the flags of all commands: which of them have a value has to
	// be known before the command is.
	any           map[string]cli.Flag
	global, local map[string]cli.Flag
	commands      []*cli.Command
	path          []string
	// settled tells that the command has no subcommands left to name.
	settled   bool
	flags     []typedFlag
	arguments []string
}

// typedFlag is a flag as it was typed, with its value where that stood apart.
type typedFlag struct {
	name  string
	words []string
}

func (a *arranger) gather(flags []cli.Flag, commands []*cli.Command) {
	maps.Copy(a.any, flagTable(flags))
	for _, c := range commands {
		a.gather(c.Flags, c.Subcommands)
	}
}

// result puts each flag where it belongs, now that the command is known.
func (a *arranger) result() ([]string, error) {
	var globals, locals []string
	for _, f := range a.flags {
		switch {
		case f.name == "version":
			return []string{"popbridge", "--version"}, nil
		case f.name == "help" || f.name == "h":
			return append(append([]string{"popbridge"}, a.path...), "--help"), nil
		case a.local[f.name] != nil:
			locals = append(locals, f.words...)
		case a.global[f.name] != nil:
			globals = append(globals, f.words...)
		default:
			return nil, a.unknown(f.words[0])
		}
	}
	out := append(append([]string{"popbridge"}, globals...), a.path...)
	out = append(out, locals...)
	if len(a.arguments) > 0 {
		out = append(append(out, "--"), a.arguments...)
	}
	return out, nil
}

// word takes a command's name, or an argument once the command is known.
func (a *arranger) word(arg string) error {
	if a.settled {
		a.arguments = append(a.arguments, arg)
		return nil
	}
	if arg == "help" {
		a.flags = append(a.flags, typedFlag{"help", []string{"--help"}})
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
	f, known := a.any[name]
	if !known && !strings.HasPrefix(arg, "--") && len(name) > 1 {
		return rest, a.cluster(arg)
	}
	if _, isBool := f.(*cli.BoolFlag); isBool || hasValue || !known {
		a.flags = append(a.flags, typedFlag{name, []string{arg}})
		return rest, nil
	}
	if len(rest) == 0 || a.isFlag(rest[0]) {
		return nil, usageError{text: "flag " + arg + " needs a value", hint: "popbridge --help"}
	}
	a.flags = append(a.flags, typedFlag{name, []string{arg, rest[0]}})
	return rest[1:], nil
}

// isFlag tells whether a word is one of the flags, and so no flag's value.
func (a *arranger) isFlag(word string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	_, known := a.any[name]
	return known && strings.HasPrefix(word, "-")
}

// cluster takes short flags written together, as in -nv.
func (a *arranger) cluster(arg string) error {
	for _, letter := range arg[1:] {
		name := string(letter)
		if _, isBool := a.any[name].(*cli.BoolFlag); !isBool && name != "h" {
			return a.unknown(arg)
		}
		a.flags = append(a.flags, typedFlag{name, []string{"-" + name}})
	}
	return nil
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
