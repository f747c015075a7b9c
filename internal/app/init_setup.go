package app

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
	"github.com/popbridge/popbridge/internal/provider"
)

// setup is a first configuration on its way from answers to a file.
type setup struct {
	*program
	flags *cli.Context
	// ask is nil where nobody sits at standard input.
	ask *asker
	// dir is the configuration's folder.
	dir string

	address string // at the provider
	// found is what is known of the provider.
	found provider.Settings
	pop   firstconfig.POP3
	gmail firstconfig.Gmail
	// password was typed, and is to be kept in a file.
	password string
	files    []firstconfig.New

	// print tells that the configuration goes to standard output. existing is
	// then the one that is there, to which a table is added.
	print    bool
	existing []byte
	other    *config.Config

	// loggedIn tells that the login works; messages are in the mailbox then.
	loggedIn bool
	messages int
}

// newSetup makes sure that a configuration may be written at all, and reads
// the flags.
func (p *program) newSetup(c *cli.Context) (*setup, error) {
	if p.configPath == "" {
		return nil, usageError{text: "there is no home folder to write a configuration to", hint: "popbridge init --config FILE"}
	}
	dir, err := filepath.Abs(filepath.Dir(p.configPath))
	if err != nil {
		return nil, err
	}
	s := &setup{program: p, flags: c, dir: dir, print: c.Bool("print")}
	if p.ReadSecret != nil {
		s.ask = &asker{out: p.Stderr, lines: bufio.NewReader(p.Stdin), secret: p.ReadSecret}
	}
	if err := s.vacant(); err != nil {
		return nil, err
	}
	return s, s.readFlags()
}

// vacant makes sure that nothing is in the way.
func (s *setup) vacant() error {
	_, err := os.Lstat(s.configPath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.writable()
	case err != nil:
		return &bridge.Failure{Class: bridge.NoState, Err: err, Hint: folderHint(s.dir)}
	case !s.print:
		return usageError{text: s.configPath + " is there already, and init overwrites nothing",
			hint: fmt.Sprintf("popbridge check\nfor a further account: popbridge init --print >>%[1]s\nor, to begin anew, move it away: mv %[1]s %[2]s",
				config.ShellWord(s.configPath), config.ShellWord(s.configPath+".old"))}
	}
	if s.other, err = s.load(); err != nil {
		return err
	}
	s.existing, err = os.ReadFile(s.configPath)
	return err
}

// writable makes sure, before anything is asked, that the answers can be kept.
func (s *setup) writable() error {
	dir := nearestFolder(s.dir)
	f, err := os.CreateTemp(dir, ".popbridge-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf("no file can be made in %s: %w", dir, err), Hint: folderHint(dir)}
	}
	return nil
}

// tell says something to the person at the terminal, if there is one.
func (s *setup) tell(format string, args ...any) {
	if s.ask != nil {
		s.ask.say(fmt.Sprintf(format, args...))
	}
}

// explain begins a question.
func (s *setup) explain(format string, args ...any) { s.tell("\n"+format, args...) }

// text is the configuration by the answers so far.
func (s *setup) text() []byte {
	if s.existing != nil {
		return firstconfig.Table(s.pop)
	}
	return firstconfig.File(s.gmail, s.pop)
}

// parse reads the configuration as it would be, with something in place of
// each answer that is not there yet.
func (s *setup) parse() (*config.Config, error) {
	draft := *s
	draft.pop.Name = cmp.Or(s.pop.Name, s.freeName("account"))
	draft.pop.Host = cmp.Or(s.pop.Host, "pop.invalid")
	draft.pop.User = cmp.Or(s.pop.User, s.address, "user")
	draft.gmail.Address = cmp.Or(s.gmail.Address, "user@example.com")
	if s.gmail.ServiceAccount == "" {
		draft.gmail.Client = cmp.Or(s.gmail.Client, clientFile)
	}
	switch {
	case s.hasSecret():
	case s.pop.Auth == "xoauth2":
		draft.pop.ClientID = "client"
	default:
		draft.pop.PasswordFile = "password"
	}
	if s.pop.Auth != "xoauth2" && s.pop.PasswordFile == "" && (s.password != "" || s.flags.Bool("password-stdin")) {
		draft.pop.PasswordFile = "password"
	}
	if len(s.destinations()) > 1 {
		draft.pop.To = cmp.Or(s.pop.To, s.destinations()[0].Name)
	}
	return config.Parse(s.configPath, append(s.existing[:len(s.existing):len(s.existing)], append([]byte("\n"), draft.text()...)...), s.env())
}

// fault says what the configuration would not take of a key, nil where it
// takes it.
func (s *setup) fault(key string) error {
	_, err := s.parse()
	var faults config.Errors
	if !errors.As(err, &faults) {
		return err
	}
	for _, f := range faults {
		if f.Key == key {
			return errors.New(strings.TrimSuffix(f.Problem+"; "+f.Hint, "; "))
		}
	}
	return nil
}

// answered puts an answer into its field, unless the configuration would not
// take it.
func (s *setup) answered(key string, field *string) func(string) error {
	return func(answer string) error {
		before := *field
		*field = answer
		err := s.fault(key)
		if err != nil {
			*field = before
		}
		return err
	}
}

// destinations are those of the configuration that is there.
func (s *setup) destinations() []config.Gmail {
	if s.other == nil {
		return nil
	}
	return s.other.Gmail
}
