package main

import (
	"context"
	"errors"
	"net"
	"strconv"
)

// provider is a POP3 server in a process of its own, so that its work and
// memory aren't popbridge's.
type provider struct {
	server *server

	host string
	port int
	ca   []byte // in PEM
}

// startProvider starts one that serves spec.
func startProvider(ctx context.Context, spec providerSpec) (*provider, error) {
	s, err := startServer("provider")
	if err != nil {
		return nil, err
	}
	p := &provider{server: s}
	a, err := p.ask(ctx, spec)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	p.host, p.port, p.ca = a.Host, a.Port, a.CA
	return p, nil
}

// addr is where it speaks TLS, as host:port.
func (p *provider) addr() string { return net.JoinHostPort(p.host, strconv.Itoa(p.port)) }

// account is popbridge's account for a user's mailbox.
func (p *provider) account(user string) account {
	return account{Name: user, Password: providerPassword, Addr: p.addr(), CA: p.ca}
}

func (p *provider) ask(ctx context.Context, question any) (providerAnswer, error) {
	var a providerAnswer
	if err := p.server.call(ctx, question, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

// fill gives a mailbox exactly the messages of box.
func (p *provider) fill(ctx context.Context, box boxSpec) error {
	_, err := p.ask(ctx, providerCall{Do: "fill", Box: box})
	return err
}

// reset starts counting costs anew.
func (p *provider) reset(ctx context.Context) error {
	_, err := p.ask(ctx, providerCall{Do: "reset"})
	return err
}

// costs are those since the last reset, once no session is open.
func (p *provider) costs(ctx context.Context) (providerCosts, error) {
	a, err := p.ask(ctx, providerCall{Do: "costs"})
	return a.Costs, err
}

// Close ends the process.
func (p *provider) Close() error { return p.server.Close() }
