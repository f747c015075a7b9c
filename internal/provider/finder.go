package provider

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Finder asks where the table knows nothing.
type Finder struct {
	// HTTP carries the requests; nil is a client that honours the environment's
	// proxy settings. Its CheckRedirect and Jar are not used.
	HTTP *http.Client
	// MX looks up the hosts that take a domain's mail; nil is the system's
	// resolver.
	MX func(ctx context.Context, domain string) ([]*net.MX, error)
	// Timeout is how long one request may take; zero is 10 seconds.
	Timeout time.Duration
}

const (
	requestTimeout = 10 * time.Second
	// Of a resolver that doesn't answer nothing is to be had later either.
	mxTimeout = 5 * time.Second
	// All of it: somebody waits before a terminal.
	findTimeout = 40 * time.Second
)

// Find gives the settings of an address: by the table, else by Mozilla's
// autoconfig (draft-ietf-mailmaint-autoconfig 3), in this order:
//
//  1. https://autoconfig.DOMAIN, which is told the address, as is the custom:
//     it is its provider's.
//  2. https://DOMAIN/.well-known, then Mozilla's database, which are told the
//     domain only.
//  3. The table and the database again, by the domain of the MX host. DNS can be
//     forged, so the result is not Secure.
//  4. The domain's two places by plain http, which are not told the address.
//     The result is not Secure.
//
// ErrUnknown is in the error where nothing is known, with what was asked and
// why that failed. What is found may say that there is no POP3 server (None).
func (f Finder) Find(ctx context.Context, address string) (Settings, error) {
	address = strings.TrimSpace(address)
	_, domain, ok := cutAddress(address)
	if !ok {
		return Settings{}, fmt.Errorf("%q is no mail address", address)
	}
	if s, ok := Known(address); ok {
		return s, nil
	}
	name, err := hostName(domain)
	if err != nil {
		return Settings{}, fmt.Errorf("%q is no mail address: %w", address, err)
	}
	s := newSearch(f, address, name)
	limited, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	if found, ok := s.run(limited); ok {
		return found, nil
	}
	if err := ctx.Err(); err != nil {
		return Settings{}, fmt.Errorf("look up the settings of %s: %w", name, err)
	}
	return Settings{}, s.unknown()
}

// mx is the host that takes most of a domain's mail.
func (f Finder) mx(ctx context.Context, domain string) (string, error) {
	look := f.MX
	if look == nil {
		look = net.DefaultResolver.LookupMX
	}
	ctx, cancel := context.WithTimeout(ctx, mxTimeout)
	defer cancel()
	hosts, err := look(ctx, domain)
	if len(hosts) == 0 {
		return "", fmt.Errorf("look up the MX of %s: %w", domain, errors.Join(err, errNoMX))
	}
	// The resolver sorts by preference.
	return hostName(hosts[0].Host)
}

var errNoMX = errors.New("there is none")
