package app

import (
	"errors"

	"github.com/urfave/cli/v2"
)

func (p *program) check(*cli.Context) error { return errors.New("not yet") }
