package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// checkAddress wants a mailbox without a display name (RFC 5322, addr-spec).
func checkAddress(s string) error {
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return errors.New("that is no mail address, as in office@example.com")
	}
	return nil
}

func (s *setup) askAddress(ctx context.Context) error {
	if s.address != "" {
		return nil
	}
	s.explain("The mail address at the provider, whose mail is to go to Gmail.")
	return s.ask.ask(ctx, question{text: "Address", take: func(answer string) error {
		answer = width.Narrow.String(answer) // as Japanese keyboards type it
		if err := checkAddress(answer); err != nil {
			return err
		}
		s.address = answer
		return nil
	}})
}

// findServer settles host, port and TLS.
func (s *setup) findServer(ctx context.Context) error {
	err := s.settings(ctx)
	if errors.Is(err, errNoServer) && s.ask != nil {
		return s.askServer(ctx, "")
	}
	if err != nil {
		return err
	}
	err = s.reach(ctx)
	if errors.Is(err, errUnreached) && s.ask != nil {
		s.tell("%s", err)
		return s.askServer(ctx, s.server())
	}
	return err
}

// settings takes over what is known: of the address where nobody has named a
// server, else of that server.
func (s *setup) settings(ctx context.Context) error {
	if s.pop.Host == "" {
		return s.lookUp(ctx)
	}
	if known, ok := s.providers().Known(s.address); ok && strings.EqualFold(known.Host, s.pop.Host) {
		return s.adopt(known)
	}
	return nil
}

// turnTo makes a server the account's. What was answered for the one before, or
// came with its provider, isn't said of this one, a consent least of all; flags
// hold for whichever it is.
func (s *setup) turnTo(host string) {
	a, typed := &s.pop, s.typed()
	a.Host, a.Port, a.TLS = host, typed.Port, typed.TLS
	a.AllowPlaintext, a.TLSMin, a.TLSCA = typed.AllowPlaintext, typed.TLSMin, typed.TLSCA
	a.TLSFingerprint, a.ServerName = typed.TLSFingerprint, typed.ServerName
	a.Auth, a.ClientID, a.TokenCommand = typed.Auth, typed.ClientID, typed.TokenCommand
	a.DeviceURI, a.TokenURI, a.Scope = typed.DeviceURI, typed.TokenURI, typed.Scope
	if s.isFound() && s.found.OAuth2 && a.Auth == "" {
		a.Auth = "xoauth2"
	}
}

// server is the host, with its port where that is an unusual one.
func (s *setup) server() string {
	if s.pop.Port == 0 || s.pop.Port == 995 || s.pop.Port == 110 {
		return s.pop.Host
	}
	return net.JoinHostPort(s.pop.Host, strconv.Itoa(s.pop.Port))
}

// askServer asks for the server until one answers, or a person insists on it.
func (s *setup) askServer(ctx context.Context, otherwise string) error {
	s.explain(`The provider's POP3 server, as in pop.example.com, or the name of who hosts the
mail. The provider's instructions for mail programs name it.`)
	failed := ""
	for range tries {
		if err := s.ask.ask(ctx, question{text: "POP3 server", otherwise: otherwise, take: func(answer string) error {
			return s.takeServer(ctx, answer)
		}}); err != nil {
			return err
		}
		if failed != "" && s.server() == failed {
			return s.askPort(ctx)
		}
		err := s.reach(ctx)
		if !errors.Is(err, errUnreached) {
			return err
		}
		s.tell("%s", err)
		failed = s.server()
		otherwise = failed
		s.tell("Type another server, or Enter to keep this one and give its port.")
	}
	return usageError{text: "no POP3 server was found", hint: "popbridge init --host SERVER --port PORT --tls implicit"}
}

// takeServer takes who hosts the mail, or a host, with a port or without.
func (s *setup) takeServer(ctx context.Context, answer string) error {
	if known, ok := s.providers().ByName(answer); ok {
		if s.adopt(known) != nil {
			return errors.New("type its POP3 server")
		}
		return nil
	}
	host, port, err := hostAndPort(answer)
	if err != nil {
		return err
	}
	if !isHost(host) && !resolves(ctx, host) {
		return fmt.Errorf("no settings are known of %s; type its POP3 server, as in pop.example.com", host)
	}
	before, found := s.pop, s.found
	if s.found.Host == "" && s.found.Provider != "" && s.found.None == "" {
		s.found.Host = host // the customer's own, at the provider that is known
	}
	s.turnTo(host)
	s.pop.Port = cmp.Or(port, s.pop.Port)
	if err := errors.Join(s.fault("pop3.host"), s.fault("pop3.port")); err != nil {
		s.pop, s.found = before, found
		return err
	}
	return nil
}

// askPort asks for what could not be found out.
func (s *setup) askPort(ctx context.Context) error {
	s.explain("Its port and TLS: 995 with implicit, or 110 with starttls.")
	port := cmp.Or(s.pop.Port, 995)
	err := s.ask.ask(ctx, question{text: "Port", otherwise: strconv.Itoa(port), take: func(answer string) (err error) {
		if s.pop.Port, err = strconv.Atoi(answer); err != nil {
			return errors.New("that is no port")
		}
		return s.fault("pop3.port")
	}})
	if err != nil {
		return err
	}
	kind := "implicit"
	if s.pop.Port == 110 {
		kind = "starttls"
	}
	err = s.ask.ask(ctx, question{text: "TLS (implicit, starttls or none)", otherwise: kind, take: func(answer string) error {
		if answer != "implicit" && answer != "starttls" && answer != "none" {
			return errors.New("write implicit, starttls or none")
		}
		s.pop.TLS = answer
		return nil
	}})
	if err != nil {
		return err
	}
	return s.consentToPlaintext(ctx)
}
