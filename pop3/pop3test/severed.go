package pop3test

import (
	"io"
	"net"
)

// severed is a connection that breaks after so many octets were written, as
// the fault says: a handshake that ends in its midst.
type severed struct {
	net.Conn
	session *session
	fault   Fault
	left    int
}

// Write writes what is left to be written, and breaks the connection with it.
func (c *severed) Write(p []byte) (int, error) {
	if len(p) < c.left {
		c.left -= len(p)
		return c.Conn.Write(p)
	}
	n, _ := c.Conn.Write(p[:c.left]) // it ends anyway
	c.left = 0
	if c.fault.Kind == Freeze {
		c.session.stall()
	} else {
		c.session.end(c.fault)
	}
	return n, io.ErrClosedPipe
}
