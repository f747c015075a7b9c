package pop3test

import "net"

// Addr is the address that the server listens on, as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Host is the host of Addr.
func (s *Server) Host() string { return s.listener.Addr().(*net.TCPAddr).IP.String() }

// Port is the port of Addr.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// AddMailbox makes an empty mailbox, or gives the one that is there a new
// password.
func (s *Server) AddMailbox(user, password string) *Mailbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mailboxes[user]
	if m == nil {
		m = &Mailbox{user: user}
		s.mailboxes[user] = m
	}
	m.setPassword(password)
	return m
}

// AddToken lets a token open the user's mailbox by XOAUTH2, which has to be
// made by AddMailbox.
func (s *Server) AddToken(user, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[credential{user, token}] = true
}

// RemoveToken takes it back, as if it had expired.
func (s *Server) RemoveToken(user, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, credential{user, token})
}

// Mailbox gives the user's mailbox, or nil where there is none.
func (s *Server) Mailbox(user string) *Mailbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mailboxes[user]
}
