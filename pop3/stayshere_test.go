package pop3

import (
	"context"
	"net"
	"testing"
)

// peer is a connection to an address.
type peer struct {
	net.Conn
	addr net.Addr
}

func (p peer) RemoteAddr() net.Addr { return p.addr }

func TestStaysHere(t *testing.T) {
	proxy := func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }
	here := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	there := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}
	for _, test := range []struct {
		o    Options
		addr net.Addr
		want bool
	}{
		{Options{Host: "mail.example.org"}, here, true},
		{Options{Host: "mail.example.org"}, &net.TCPAddr{IP: net.IPv6loopback}, true},
		{Options{Host: "localhost"}, there, false},
		{Options{Host: "localhost"}, &net.UnixAddr{}, false},
		{Options{Host: "mail.example.org", Dial: proxy}, here, false},
		{Options{Host: "localhost", Dial: proxy}, there, true},
		{Options{Host: "::1", Dial: proxy}, there, true},
	} {
		if got := staysHere(test.o, peer{addr: test.addr}); got != test.want {
			t.Errorf("host %s, peer %v, dialer %v: %v, want %v", test.o.Host, test.addr, test.o.Dial != nil, got, test.want)
		}
	}
}
