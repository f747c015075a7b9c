package pop3

import (
	"context"
	"errors"
	"net"

	gopop3 "github.com/knadh/go-pop3"
)

// Dial connects, encrypts and logs in. Its errors are *Error.
//
// Neither user nor password is sent over a connection that isn't as the
// options want it: after a certificate that doesn't match, a refused STLS,
// or in the clear off this machine.
func Dial(ctx context.Context, o Options) (*Session, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	raw, err := o.connect(ctx)
	if err != nil {
		return nil, &Error{Kind: Unreachable, Op: "connect to " + o.address(), Err: err}
	}
	s := &Session{
		wire: newWire(raw, o.Timeout), log: o.Logger, secret: o.Password, encoded: encodedSecrets(o),
		pipelining: o.Pipelining, listAhead: o.ListAhead, maxMessage: o.MaxMessage,
	}
	err = s.do(ctx, "log in", func() error { return s.open(o) })
	if err == nil && ctx.Err() != nil {
		err = &Error{Kind: Unreachable, Op: "log in", Err: ctx.Err()}
	}
	if err != nil {
		s.fail(err)
		return nil, err
	}
	return s, nil
}

// connect makes the connection within the timeout.
func (o Options) connect(ctx context.Context) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	dial := o.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	raw, err := dial(limited, "tcp", o.address())
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // not the "operation was canceled" of package net
	}
	return raw, err
}

// open brings a new connection to where the mailbox is open, in as few round
// trips as can be: a CAPA before STLS would have to be repeated after it (RFC
// 2595, section 4), so that STLS goes first and untold.
func (s *Session) open(o Options) error {
	if o.TLS == TLSNone && !o.AllowPlaintext && !staysHere(o, s.wire) {
		return &Error{Kind: Permanent, Op: "log in", Err: errPlaintext}
	}
	if o.TLS == TLSImplicit {
		if err := s.encrypt(o); err != nil {
			return err
		}
	}
	if err := s.greet(); err != nil {
		return err
	}
	if o.TLS == TLSStart {
		if err := s.startTLS(o); err != nil {
			return err
		}
	}
	if err := s.readCapabilities(false); err != nil {
		return err
	}
	if err := s.login(o); err != nil {
		if e, ok := errors.AsType[*Error](err); ok {
			e.Mechanisms = s.caps.SASL
		}
		return err
	}
	if s.caps.dependOnUser() {
		return s.readCapabilities(s.listing)
	}
	return nil
}

var errPlaintext = errors.New("the connection is not encrypted and leaves this machine")

// staysHere tells whether a connection ends on this machine. Behind a dialer
// of the caller's, say a proxy, the peer's address says nothing about it.
func staysHere(o Options, peer net.Conn) bool {
	if o.Dial != nil {
		ip := net.ParseIP(o.Host)
		return o.Host == "localhost" || ip != nil && ip.IsLoopback()
	}
	addr, ok := peer.RemoteAddr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

// handOver gives go-pop3 the connection that there is.
type handOver struct{ conn net.Conn }

func (h handOver) Dial(string, string) (net.Conn, error) { return h.conn, nil }

// greet waits for the greeting (RFC 1939, section 4).
func (s *Session) greet() error {
	const op = "read the greeting"
	s.wire.await()
	conn, err := gopop3.New(gopop3.Opt{Dialer: handOver{s.wire}}).NewConn()
	r, err := s.received(op, err)
	if err != nil {
		return err
	}
	if !r.ok {
		return s.refusal(op, r, kindOfCode(r.code, Temporary))
	}
	s.conn, s.greeting = conn, r.text
	return nil
}
