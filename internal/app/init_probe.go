package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// prober finds out how a server speaks POP3. It sends neither name nor
// password, and so trusts any certificate: whether it is a good one shows at
// the login, before either is sent.
type prober struct {
	// dial makes the connections; a net.Dialer when it is nil.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// probeTime is how long one port is waited for.
const probeTime = 10 * time.Second

// finding is how POP3 is spoken at a port.
type finding struct {
	port int
	// tls is "implicit", "starttls" or "none".
	tls string
}

// find tries the ports of POP3 (RFC 8314, section 7.3; RFC 1939), TLS first;
// or one port alone, unless that is 0.
func (p prober) find(ctx context.Context, host string, port int) (finding, error) {
	implicit, plain := port, port
	if port == 0 {
		implicit, plain = 995, 110
	}
	first := p.handshake(ctx, host, implicit)
	if first == nil {
		return finding{implicit, "implicit"}, nil
	}
	encrypted, second := p.upgrade(ctx, host, plain)
	switch {
	case second != nil && reasonOf(first) == reasonOf(second) && implicit == plain:
		return finding{}, fmt.Errorf("port %d: %s", port, reasonOf(first))
	case second != nil:
		return finding{}, fmt.Errorf("port %d: %s; port %d: %s", implicit, reasonOf(first), plain, reasonOf(second))
	case encrypted:
		return finding{plain, "starttls"}, nil
	default:
		return finding{plain, "none"}, nil
	}
}

// connect gives a connection that lasts no longer than the probe may.
func (p prober) connect(ctx context.Context, host string, port int) (net.Conn, func(), error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	dial := p.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		cancel()
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // which ends the wait
	return conn, func() {
		stop()
		cancel()
		_ = conn.Close() // nothing was sent that must arrive
	}, nil
}

// handshake tries TLS from the start.
func (p prober) handshake(ctx context.Context, host string, port int) error {
	conn, end, err := p.connect(ctx, host, port)
	if err != nil {
		return err
	}
	defer end()
	return tls.Client(conn, anyServer(host)).HandshakeContext(ctx)
}

// upgrade tries STLS (RFC 2595, section 4); encrypted tells whether there is
// any.
func (p prober) upgrade(ctx context.Context, host string, port int) (encrypted bool, err error) {
	conn, end, err := p.connect(ctx, host, port)
	if err != nil {
		return false, err
	}
	defer end()
	text := textproto.NewConn(conn)
	line, err := text.ReadLine()
	if err != nil {
		return false, err
	}
	if !strings.HasPrefix(line, "+OK") {
		return false, errors.New("what answers is no POP3 server")
	}
	if err := text.PrintfLine("STLS"); err != nil {
		return false, err
	}
	if line, err = text.ReadLine(); err != nil {
		return false, err
	}
	if !strings.HasPrefix(line, "+OK") {
		return false, nil
	}
	return true, tls.Client(conn, anyServer(host)).HandshakeContext(ctx)
}

// anyServer accepts old ones, too: which of them may be used is asked later.
// Some servers answer only to their name.
func anyServer(host string) *tls.Config {
	c := &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		c.CipherSuites = append(c.CipherSuites, suite.ID)
	}
	return c
}

// reasonOf leaves out the addresses, which the question names.
func reasonOf(err error) string {
	var notTLS tls.RecordHeaderError
	var unknown *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &notTLS):
		return "no TLS there"
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return "no such host"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, net.ErrClosed):
		return fmt.Sprintf("no answer within %s", probeTime)
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return err.Error()
}
