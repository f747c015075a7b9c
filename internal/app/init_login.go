package app

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

// hasSecret tells whether it is said where what the server takes comes from: a
// token, or the password.
func (s *setup) hasSecret() bool {
	if s.pop.Auth == "xoauth2" {
		return s.pop.ClientID != "" || s.pop.TokenCommand != ""
	}
	return s.hasPassword() || s.flags.Bool("password-stdin")
}

// hasPassword tells whether the password is there, or where it comes from.
func (s *setup) hasPassword() bool {
	return s.password != "" || s.pop.PasswordFile != "" || s.pop.PasswordCommand != "" || s.pop.PasswordEnv != ""
}

// refusePassword is the error of flags for a password where the provider takes
// none.
func (s *setup) refusePassword() error {
	if s.pop.Auth != "xoauth2" || !s.hasPassword() && !s.flags.Bool("password-stdin") {
		return nil
	}
	const instead = "give --client-id or --token-command in its place: " + firstconfig.Docs + "providers.md"
	if s.flags.String("auth") == "xoauth2" {
		return usageError{text: "--auth xoauth2 takes no password", hint: instead}
	}
	return usageError{text: cmp.Or(printable(s.found.Provider), s.pop.Host) + " takes no password from programs",
		hint: instead + "; if it takes one all the same, add --auth plain"}
}

// askUser settles the name to log in with: by the provider's habit, or by
// asking where there is no habit known.
func (s *setup) askUser(ctx context.Context) error {
	if s.pop.User != "" {
		return nil
	}
	s.pop.User = s.userDefault()
	if s.ask == nil && s.pop.User == "" {
		return usageError{text: "the provider gives a user name of its own", hint: "popbridge init --user NAME"}
	}
	if s.ask == nil || s.pop.User != "" && s.isFound() && s.found.Secure {
		return nil
	}
	return s.askUserAgain(ctx)
}

func (s *setup) askUserAgain(ctx context.Context) error {
	s.explain("The name to log in with: the whole address at most providers.")
	return s.ask.ask(ctx, question{text: "User name", otherwise: s.pop.User, take: s.answered("pop3.user", &s.pop.User)})
}

// askPassword settles where the password comes from.
func (s *setup) askPassword(ctx context.Context) error {
	switch {
	case s.pop.Auth == "xoauth2":
		return s.askApplication(ctx)
	case s.hasPassword():
		return nil
	case s.flags.Bool("password-stdin"):
		return s.readPassword(ctx)
	}
	s.explain(`The mailbox's password. It isn't shown while you type, and is kept in a file of
its own that you alone can read.`)
	return s.askPasswordAgain(ctx)
}

// askPasswordAgain asks for the password, or for where else it comes from.
func (s *setup) askPasswordAgain(ctx context.Context) error {
	for range tries {
		err := s.ask.ask(ctx, question{text: "Password (Enter alone: a command or a variable gives it)",
			hidden: true, optional: true, take: s.takePassword})
		if err != nil || s.password != "" {
			return err
		}
		elsewhere := false
		s.explain("The command that prints it, as in pass show mail/office, or a variable, as in $MAIL_PASSWORD.")
		err = s.ask.ask(ctx, question{text: "Command or $VARIABLE (Enter alone: back)", optional: true, take: func(answer string) error {
			elsewhere = answer != ""
			return s.takeSource(answer)
		}})
		if err != nil || elsewhere {
			return err
		}
	}
	return usageError{text: "there is no password", hint: "popbridge init"}
}

// takePassword takes one that was typed; it replaces any other source.
func (s *setup) takePassword(answer string) error {
	if strings.ContainsFunc(answer, unicode.IsControl) {
		return errors.New("it held a control character, as arrow keys type them")
	}
	s.password = answer
	if answer != "" {
		s.pop.PasswordFile, s.pop.PasswordCommand, s.pop.PasswordEnv = "", "", ""
	}
	return nil
}

var variable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)

// takeSource takes a command, or a variable that begins with "$".
func (s *setup) takeSource(answer string) error {
	if answer == "" {
		return nil
	}
	s.pop.PasswordFile, s.pop.PasswordCommand, s.pop.PasswordEnv = "", "", ""
	if variable.MatchString(answer) {
		return s.answered("pop3.password_env", &s.pop.PasswordEnv)(answer[1:])
	}
	return s.answered("pop3.password_command", &s.pop.PasswordCommand)(answer)
}

// readPassword reads the first line of standard input.
func (s *setup) readPassword(ctx context.Context) error {
	if s.ask != nil {
		return s.ask.ask(ctx, question{text: "Password", hidden: true, take: s.takePassword})
	}
	line, err := unlessOver(ctx, func() (string, error) {
		line, err := bufio.NewReader(io.LimitReader(s.Stdin, 64<<10)).ReadString('\n')
		if err == io.EOF {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	})
	if err == nil {
		err = s.takePassword(line)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return usageError{text: "--password-stdin: " + err.Error()}
	case line == "":
		return usageError{text: "--password-stdin: standard input holds no password", hint: "popbridge init --password-stdin <FILE"}
	}
	return nil
}

// problemOf is a configuration's fault without the place in a file that isn't
// there yet.
func problemOf(err error) string {
	var fault *config.Error
	if errors.As(err, &fault) {
		return strings.TrimSuffix(fault.Problem+"; "+fault.Hint, "; ")
	}
	return err.Error()
}
