package app

import (
	"context"
	"errors"

	"github.com/popbridge/popbridge/internal/config"
)

// authoriseAccount logs in to an account that uses OAuth, and keeps the token.
func (p *program) authoriseAccount(context.Context, *config.Config, config.POP3) error {
	return errors.New("not yet")
}
