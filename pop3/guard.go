package pop3

import (
	"net"
	"time"
)

// guard puts a deadline on every read and write of a connection, beneath TLS.
//
// Reads have an allowance: the time spent waiting adds up until minProgress
// octets have come, or until the next reply is awaited. Time in which nobody
// reads, since the caller writes to a slow disk, does not count.
type guard struct {
	net.Conn
	timeout time.Duration
	left    time.Duration
	arrived int
	// err is the first error of the connection itself, which tells a cut
	// connection from a handshake that failed.
	err error
}

// renew grants the whole allowance again.
func (g *guard) renew() { g.left, g.arrived = g.timeout, 0 }

// Read reads within what is left of the allowance.
func (g *guard) Read(p []byte) (int, error) {
	start := time.Now()
	if err := g.SetReadDeadline(start.Add(g.left)); err != nil {
		return 0, g.note(err)
	}
	n, err := g.Conn.Read(p)
	g.left -= time.Since(start)
	if g.arrived += n; g.arrived >= minProgress {
		g.renew()
	}
	return n, g.note(err)
}

// Write writes within the timeout.
func (g *guard) Write(p []byte) (int, error) {
	if err := g.SetWriteDeadline(time.Now().Add(g.timeout)); err != nil {
		return 0, g.note(err)
	}
	n, err := g.Conn.Write(p)
	return n, g.note(err)
}

func (g *guard) note(err error) error {
	if g.err == nil {
		g.err = err
	}
	return err
}
