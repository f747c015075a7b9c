package app

import "github.com/urfave/cli/v2"

func (p *program) demo(c *cli.Context) error { return usageError{text: "not there yet"} }
