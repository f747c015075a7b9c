package pop3test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Server is a running server. Its methods may be called from several
// goroutines.
type Server struct {
	opts     Options
	cert     *tls.Certificate
	tls      *tls.Config
	listener net.Listener
	stamp    string        // of the greeting, for APOP
	closing  chan struct{} // closed by Close
	done     sync.WaitGroup
	faultMu  sync.Mutex
	counters counters

	mu        sync.Mutex
	mailboxes map[string]*Mailbox
	tokens    map[credential]bool
	open      map[net.Conn]struct{}
	accepted  int
	active    int           // sessions that have not ended
	idle      chan struct{} // closed while active is 0
}

// Start listens and serves until Close.
func Start(opts Options) (*Server, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Server{
		opts:      opts,
		closing:   make(chan struct{}),
		mailboxes: map[string]*Mailbox{},
		tokens:    map[credential]bool{},
		open:      map[net.Conn]struct{}{},
		idle:      make(chan struct{}),
	}
	close(s.idle)
	if opts.TLS != NoTLS {
		if err := s.setUpTLS(); err != nil {
			return nil, err
		}
	}
	addr := opts.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var err error
	if s.listener, err = net.Listen("tcp", addr); err != nil {
		return nil, fmt.Errorf("pop3test: listen: %w", err)
	}
	s.stamp = fmt.Sprintf("<%d.%d@localhost>", s.Port(), time.Now().UnixNano())
	s.done.Go(s.serve)
	return s, nil
}

func (s *Server) setUpTLS() error {
	s.cert = s.opts.Certificate
	if s.cert == nil {
		// The handshake is checked by the system's clock, not by Options.Now.
		made, err := newCertificate(time.Now())
		if err != nil {
			return err
		}
		s.cert = made
	}
	if len(s.cert.Certificate) == 0 {
		return errors.New("pop3test: the certificate is empty")
	}
	s.tls = serverTLS(s.cert, s.opts.MaxTLS, s.opts.CipherSuites)
	return nil
}

// serve takes connections until the listener is closed.
func (s *Server) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		number, ok := s.enter(conn)
		if !ok {
			conn.Close()
			return
		}
		s.done.Go(func() {
			newSession(s, conn.(*net.TCPConn), number).run()
			s.forget(conn)
		})
	}
}

// enter counts a connection in; it is false once the server is closing.
func (s *Server) enter(conn net.Conn) (number int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closing:
		return 0, false
	default:
	}
	s.open[conn] = struct{}{}
	if s.active++; s.active == 1 {
		s.idle = make(chan struct{})
	}
	s.accepted++
	s.counters.session()
	return s.accepted, true
}

// leave counts a session out. Its connection may still be open.
func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active--; s.active == 0 {
		close(s.idle)
	}
}

// forget closes the connection for good.
func (s *Server) forget(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
}

// WaitIdle returns once no session is open, or with the context's error. A
// session whose client cut the connection ends when the server notices.
func (s *Server) WaitIdle(ctx context.Context) error {
	s.mu.Lock()
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends all sessions, without committing their deletions, and waits until
// they are gone.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	select {
	case <-s.closing:
		err = nil // of a second call
	default:
		close(s.closing)
	}
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
	return err
}
