package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/popbridge/popbridge/internal/provider"
)

// Providers tell how mailboxes are reached.
type Providers interface {
	// Known gives what is known of an address without asking anyone.
	Known(address string) (provider.Settings, bool)
	// Find asks others; provider.ErrUnknown is in the error where they don't
	// know either.
	Find(ctx context.Context, address string) (provider.Settings, error)
	// ByName gives the settings of who hosts mail of its customers' domains.
	ByName(name string) (provider.Settings, bool)
}

// public are the providers that package provider knows, or finds.
type public struct{ provider.Finder }

func (public) Known(address string) (provider.Settings, bool) { return provider.Known(address) }

func (public) ByName(name string) (provider.Settings, bool) { return provider.ByName(name) }

// providers are those of the World, or the real ones.
func (p *program) providers() Providers {
	if p.Providers != nil {
		return p.Providers
	}
	return public{}
}

// errNoServer tells that the server has to be named.
var errNoServer = errors.New("no settings are known")

// lookUp finds the server of the address. errNoServer is in the error where
// a person has to name it.
func (s *setup) lookUp(ctx context.Context) error {
	if name := s.flags.String("provider"); name != "" {
		known, ok := s.providers().ByName(name)
		if !ok {
			return usageError{text: "--provider " + name + ": no settings are known of one called that", hint: "popbridge init --host SERVER"}
		}
		return s.adopt(known)
	}
	if known, ok := s.providers().Known(s.address); ok {
		return s.adopt(known)
	}
	s.explain("Looking for the settings of %s …", domainOf(s.address))
	found, err := s.providers().Find(ctx, s.address)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w of %s", errNoServer, domainOf(s.address))
	case found.Secure:
		return s.adopt(found)
	}
	return s.unconfirmed(found)
}

// unconfirmed shows settings that anybody on the way could have made up. They
// get no password until a person has typed the server's name.
func (s *setup) unconfirmed(found provider.Settings) error {
	s.found = provider.Settings{Host: found.Host, User: found.User, Note: found.Note}
	what := printable(fmt.Sprintf("%s, port %d, by %s", cmp.Or(found.Host, found.Provider), found.Port, found.Origin))
	s.tell(`It may be %s.
But that came over ways that aren't protected, so that anybody could have changed
it. Compare it with what the provider tells you; if it is so, type it yourself.`, what)
	s.note()
	return fmt.Errorf("%w that can be relied on: it may be %s, which came unprotected", errNoServer, what)
}

// adopt takes settings over, as far as flags say nothing else. errNoServer is
// in the error where they name none.
func (s *setup) adopt(found provider.Settings) error {
	s.found, s.found.Secure = found, true
	what := fmt.Sprintf("%s (from %s)", found.Provider, found.Origin)
	if found.Host != "" {
		what = strings.TrimPrefix(found.Provider+": ", ": ") + fmt.Sprintf("%s, port %d, TLS %s (from %s)", found.Host, found.Port, found.TLS, found.Origin)
	}
	s.explain("%s", printable(what))
	s.note()
	switch {
	case found.None != "":
		s.tell("%s", printable(found.None))
		return fmt.Errorf("%w: %s has no POP3: %s", errNoServer, found.Provider, found.None)
	case found.Host == "":
		return fmt.Errorf("%w: %s gives each customer one: %s", errNoServer, found.Provider, found.Note)
	}
	s.turnTo(found.Host)
	if s.flags.Int("port") == 0 && s.flags.String("tls") == "" {
		s.pop.Port, s.pop.TLS = found.Port, found.TLS
	}
	return nil
}

// note shows what is to be done at the provider.
func (s *setup) note() {
	if s.found.Note != "" {
		s.tell("%s", printable(s.found.Note))
	}
}

// userDefault is the name to log in with by the provider's habit, empty where
// it gives a name of its own.
func (s *setup) userDefault() string {
	if s.isFound() {
		return s.found.UserOf(s.address)
	}
	return s.address
}

// isFound tells whether it is the found server that is used.
func (s *setup) isFound() bool {
	return s.found.Host != "" && strings.EqualFold(s.found.Host, s.pop.Host)
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}
