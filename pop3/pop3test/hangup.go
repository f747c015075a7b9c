package pop3test

import (
	"io"
	"time"
)

// hangUp ends the session politely.
func (s *session) hangUp() {
	_ = s.out.Flush() // it ends anyway
	if s.tls != nil {
		_ = s.tls.CloseWrite()
	}
	s.closeWrite()
}

// cut sends what is due and ends the connection, of TLS without its
// close_notify: what a network does.
func (s *session) cut() bool {
	_ = s.out.Flush() // it ends anyway
	s.closeWrite()
	return false
}

// closeWrite ends the server's half and reads on until the client closes too.
// To close outright with commands unread would be answered by the system with
// a RST, and the client might lose what it was sent.
func (s *session) closeWrite() {
	s.release()
	s.leaveOnce()
	if s.tcp.CloseWrite() != nil || s.tcp.SetReadDeadline(time.Now().Add(lingerFor)) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, s.raw)
}

// leaveOnce counts the session out, also while its connection lingers.
func (s *session) leaveOnce() {
	if !s.left {
		s.left = true
		s.server.leave()
	}
}
