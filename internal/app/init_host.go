package app

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// hostAndPort reads a host, port being 0 where there is none.
func hostAndPort(s string) (host string, port int, err error) {
	host = s
	if _, bare := netip.ParseAddr(s); bare != nil && strings.Contains(s, ":") {
		var digits string
		if host, digits, err = net.SplitHostPort(s); err == nil {
			port, err = strconv.Atoi(digits)
		}
		if err != nil || port < 1 {
			return "", 0, errors.New("write a host name, or one with its port, as in pop.example.com:995")
		}
	}
	return host, port, nil
}

// resolves tells whether a name is a host's on this network, as "nas" may be.
func resolves(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, name)
	return err == nil && len(found) > 0
}

// isHost tells a host's name from a provider's, as far as its form does.
func isHost(s string) bool {
	return strings.ContainsAny(s, ".:") || strings.EqualFold(s, "localhost")
}
