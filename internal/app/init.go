package app

import (
	"errors"

	"github.com/urfave/cli/v2"
)

func initFlags() []cli.Flag { return nil }

func (p *program) initialise(*cli.Context) error { return errors.New("not yet") }
