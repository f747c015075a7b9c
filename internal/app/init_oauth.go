package app

import (
	"context"
	"slices"
	"strings"

	"github.com/popbridge/popbridge/internal/firstconfig"
)

// askApplication settles where tokens come from, for providers that take no
// passwords: one that was given for another server isn't kept.
func (s *setup) askApplication(ctx context.Context) error {
	s.password, s.pop.PasswordFile, s.pop.PasswordCommand, s.pop.PasswordEnv = "", "", "", ""
	if s.hasSecret() {
		return s.askEndpoints(ctx)
	}
	s.explain(`This provider takes no passwords from programs. popbridge logs in as an
application that is registered there, by its client ID: %s`, firstconfig.Docs+"providers.md")
	err := s.ask.ask(ctx, question{text: "Client ID (Enter alone: a command prints a token)", optional: true, take: func(answer string) error {
		s.pop.ClientID = answer
		return nil
	}})
	switch {
	case err != nil:
		return err
	case s.pop.ClientID != "":
		return s.askEndpoints(ctx)
	}
	return s.ask.ask(ctx, question{text: "Command that prints an access token", take: func(answer string) error {
		s.pop.TokenCommand = answer
		return nil
	}})
}

// endpoint is what an application at others than Microsoft needs.
type endpoint struct {
	flag, key, question string
	field               *string
	// needed tells that it has no default here.
	needed bool
}

// endpoints are where the application turns to, and what it asks for. The
// configuration takes Microsoft's for those that it doesn't have, the two
// addresses together.
func (s *setup) endpoints() []endpoint {
	foreign, a := !isMicrosoft(s.pop.Host), &s.pop
	return []endpoint{
		{"--device-uri", "pop3.device_uri", "Address for codes (device_uri)", &a.DeviceURI, foreign || a.TokenURI != ""},
		{"--token-uri", "pop3.token_uri", "Address for tokens (token_uri)", &a.TokenURI, foreign || a.DeviceURI != ""},
		{"--oauth-scope", "pop3.scope", "Scopes, with spaces between", &a.Scope, foreign},
	}
}

// lackingEndpoints are the flags of those that the account needs.
func (s *setup) lackingEndpoints() (flags []string) {
	for _, e := range s.endpoints() {
		if s.pop.ClientID != "" && e.needed && *e.field == "" {
			flags = append(flags, e.flag)
		}
	}
	return flags
}

// askEndpoints asks for what the account needs of them.
func (s *setup) askEndpoints(ctx context.Context) error {
	if len(s.lackingEndpoints()) == 0 {
		return nil
	}
	s.explain(`Where that application gets leave to log in, by the provider's instructions for
device codes (RFC 8628). What is left out is Microsoft's, which fits %s
only if that is one of Microsoft's servers.`, s.pop.Host)
	for _, e := range s.endpoints() {
		if !e.needed || *e.field != "" {
			continue
		}
		if err := s.ask.ask(ctx, question{text: e.question, take: s.answered(e.key, e.field)}); err != nil {
			return err
		}
	}
	return nil
}

// isMicrosoft knows the servers of Outlook.com and Microsoft 365, whose
// applications need nothing but an ID. Those of the national clouds have other
// addresses for tokens.
func isMicrosoft(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return slices.ContainsFunc([]string{"outlook.com", "office365.com", "office.com"}, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}
