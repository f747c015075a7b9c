package pop3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	gopop3 "github.com/knadh/go-pop3"
)

// Session is an open mailbox. Its methods, Abort excepted, are not for
// concurrent use.
type Session struct {
	wire *wire
	conn *gopop3.Conn
	tls  *tls.Conn
	caps Capabilities
	log  *slog.Logger

	pipelining bool // as the options allow, and no more
	listAhead  bool
	listing    bool // it was asked for at the login
	maxMessage int64
	greeting   string
	method     string   // how it logged in
	secret     string   // never to be shown,
	encoded    []string // nor these
	awaited    int      // commands without an answer as yet

	mu   sync.Mutex
	busy bool
	over error // why the session can't be used any more
}

// Stats are the costs of a session so far.
type Stats struct {
	// Commands is how many were sent, answers to challenges included.
	Commands int
	// RoundTrips is how often commands were sent and an answer was then
	// waited for. The handshakes of TCP and TLS don't count.
	RoundTrips int
	// BytesIn is how many octets came, without those of TLS.
	BytesIn int64
}

// The reasons for a session to be over that are not failures of the server.
var (
	errClosed    = errors.New("the session is closed")
	errBusy      = errors.New("the session is in the middle of another call")
	errUnwound   = errors.New("an earlier call did not return")
	errOutOfTurn = errors.New("the server talks out of turn")
	errNotListed = errors.New("the listing that was asked for at the login has not been read")
)

// Capabilities are what the server said it can do.
func (s *Session) Capabilities() Capabilities { return s.caps }

// LoginMethod is how the session logged in: "USER", "APOP", "AUTH PLAIN", "AUTH
// LOGIN" or "AUTH XOAUTH2".
func (s *Session) LoginMethod() string { return s.method }

// TLSState is the state of the TLS connection, if there is one.
func (s *Session) TLSState() (tls.ConnectionState, bool) {
	if s.tls == nil {
		return tls.ConnectionState{}, false
	}
	return s.tls.ConnectionState(), true
}

// Stats tells what the session has cost so far.
func (s *Session) Stats() Stats { return s.wire.stats }

// Abort closes the connection without QUIT, which discards all deletions
// (RFC 1939, section 6). It may be called at any time, more than once, and
// after Quit, where it does nothing.
func (s *Session) Abort() error {
	s.mu.Lock()
	over := s.over
	if over == nil {
		s.over = errClosed
	}
	s.mu.Unlock()
	if over != nil {
		return nil
	}
	if err := s.wire.cut(); err != nil {
		return &Error{Kind: Unreachable, Op: "close the connection", Err: err}
	}
	return nil
}

// do runs a call. Whatever goes wrong in it ends the session: the next QUIT
// would commit deletions although it is unknown what the server understood.
func (s *Session) do(ctx context.Context, op string, call func() error) error {
	if err := s.enter(op); err != nil {
		return err
	}
	err := errUnwound // should call panic
	defer func() { s.leave(err) }()
	if ctx.Err() != nil {
		err = &Error{Kind: Unreachable, Op: op, Err: ctx.Err()}
		return err
	}
	if s.listing && op != opList {
		err = &Error{Kind: Protocol, Op: op, Err: errNotListed}
		return err
	}
	stop := s.wire.watch(ctx)
	defer stop()
	if err = call(); !stop() {
		// The call may be complete, but the connection is gone.
		s.fail(&Error{Kind: Unreachable, Op: op, Err: ctx.Err()})
	}
	return err
}

func (s *Session) enter(op string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.busy:
		return &Error{Kind: Protocol, Op: op, Err: errBusy}
	case s.over != nil:
		return afterwards(op, s.over)
	}
	s.busy = true
	return nil
}

func (s *Session) leave(err error) {
	if err != nil {
		s.fail(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = false
}

// fail ends the session without QUIT.
func (s *Session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over == nil {
		s.over = err
		_ = s.wire.cut() // err says more
	}
}

// afterwards is the error of a call to a session that is over.
func afterwards(op string, over error) error {
	kind := Unreachable
	if e, ok := errors.AsType[*Error](over); ok {
		kind = e.Kind
	}
	return &Error{Kind: kind, Op: op, Err: fmt.Errorf("the session is over: %w", over)}
}

// send sends commands in one write.
func (s *Session) send(op string, commands ...string) error {
	if s.awaited == 0 && s.wire.in.Buffered() > 0 {
		return &Error{Kind: Protocol, Op: op, Err: errOutOfTurn}
	}
	for _, c := range commands {
		s.log.Debug("pop3 command", "command", s.withoutSecret(c))
	}
	s.awaited += len(commands)
	s.wire.stats.Commands += len(commands)
	if err := s.conn.Send(strings.Join(commands, "\r\n")); err != nil {
		return s.fault(op, err)
	}
	return nil
}

// receive waits for the status line that comes next.
func (s *Session) receive(op string) (reply, error) {
	s.wire.await()
	_, err := s.conn.ReadOne()
	return s.received(op, err)
}

// received is what go-pop3's reading of a status line came to. Its error says
// no more than the reply does, unless there is no reply.
func (s *Session) received(op string, err error) (reply, error) {
	r := s.wire.reply
	switch {
	case s.wire.err != nil:
		return reply{}, s.fault(op, s.wire.err)
	case err != nil && r.ok:
		return reply{}, s.fault(op, err)
	}
	s.awaited = max(0, s.awaited-1)
	s.log.Debug("pop3 answer", "ok", r.ok, "code", r.code, "text", s.printable(r.text))
	return r, nil
}

// ask sends a command and waits for its status line.
func (s *Session) ask(op, command string) (reply, error) {
	if err := s.send(op, command); err != nil {
		return reply{}, err
	}
	return s.receive(op)
}

// fault is an error of the connection.
func (s *Session) fault(op string, err error) error {
	e := s.wire.fault(err)
	return &Error{Kind: e.Kind, Op: op, Reply: s.printable(e.Reply), Err: e.Err}
}
