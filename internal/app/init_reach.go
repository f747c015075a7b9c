package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/popbridge/popbridge/internal/bridge"
)

// errUnreached tells of a server that doesn't answer as one of POP3.
var errUnreached = errors.New("no POP3 server answers")

// reach settles port and TLS where nobody has said them, by asking the server.
func (s *setup) reach(ctx context.Context) error {
	if s.flags.Bool("no-login") {
		s.pop.TLS = cmp.Or(s.pop.TLS, "implicit")
	}
	if s.pop.TLS != "" {
		if s.pop.Port == 0 {
			s.pop.Port = map[string]int{"implicit": 995, "starttls": 110, "none": 110}[s.pop.TLS]
		}
		return s.consentToPlaintext(ctx)
	}
	s.explain("Trying how %s speaks POP3 …", s.pop.Host)
	found, err := prober{}.find(ctx, s.pop.Host, s.pop.Port)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &bridge.Failure{Class: bridge.Unavailable, Err: fmt.Errorf("%w at %s: %w", errUnreached, s.pop.Host, err),
			Hint: "check the host, or name --port and --tls"}
	}
	s.pop.Port, s.pop.TLS = found.port, found.tls
	s.tell("%s: port %d, TLS %s", s.pop.Host, s.pop.Port, s.pop.TLS)
	return s.consentToPlaintext(ctx)
}

// consentToPlaintext lets nobody send a password readable to another machine
// without knowing.
func (s *setup) consentToPlaintext(ctx context.Context) error {
	if s.pop.TLS != "none" || s.fault("pop3.tls") == nil {
		return nil
	}
	if s.ask == nil {
		return usageError{text: s.pop.Host + " offers no encryption: password and mail would be readable on the way",
			hint: "another --host; where that can't be, --tls none --allow-plaintext"}
	}
	s.explain(`%s offers no encryption: the password and all mail could be read by
others on the way. Ask the provider for a server with TLS.`, s.pop.Host)
	consents, err := s.ask.yes(ctx, "Use it all the same")
	if err != nil {
		return err
	}
	if s.pop.AllowPlaintext = consents; consents {
		return nil
	}
	return s.askServer(ctx, "")
}
