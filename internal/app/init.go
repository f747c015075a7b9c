package app

import (
	"context"

	"github.com/urfave/cli/v2"
)

// initialise writes a first configuration from what flags say and, at a
// terminal, from what a person answers. Nothing is written before the end.
func (p *program) initialise(c *cli.Context) error {
	if _, err := arguments(c, 0, 0); err != nil {
		return err
	}
	s, err := p.newSetup(c)
	if err != nil {
		return err
	}
	if s.ask == nil {
		if err := s.complete(c.Context); err != nil {
			return err
		}
	}
	s.welcome()
	for _, step := range []func(context.Context) error{
		s.askAddress, s.findServer, s.askUser, s.askPassword, s.tryLogin,
		s.askGmail, s.askAccess, s.askClient, s.askLabels, s.askRetention,
	} {
		if err := step(c.Context); err != nil {
			return err
		}
	}
	return s.finish()
}

func (s *setup) welcome() {
	if s.ask == nil {
		return
	}
	target := s.configPath
	if s.print {
		target = "standard output"
	}
	s.tell(`A few questions make a first configuration, for %s.
Enter takes the answer in brackets. Nothing is written before the last answer,
and Ctrl-C leaves everything as it is.`, target)
}
