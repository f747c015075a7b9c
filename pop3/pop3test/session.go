package pop3test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"net"
	"strconv"
	"strings"
)

// maxLine is the longest command taken, in octets. RFC 2449, section 4, asks
// for 255; names and passwords are longer in practice.
const maxLine = 64 << 10

// session is the dialogue of one connection.
type session struct {
	server *Server
	number int
	tcp    *net.TCPConn
	raw    net.Conn  // tcp, or delayed
	tls    *tls.Conn // nil while in the clear
	in     *bufio.Reader
	out    *bufio.Writer
	left   bool // no longer counted as open
	ahead  bool // the command at hand had come with the one before

	claimed   string                      // by USER
	next      func(response string) reply // takes the next line, which AUTH waits for
	responses int                         // that this AUTH has asked for
	box       *Mailbox
	messages  []stored // the mailbox at the login; message n is messages[n-1]
	deleted   map[int64]bool
	seen      map[int64]bool // retrieved
}

func newSession(server *Server, tcp *net.TCPConn, number int) *session {
	s := &session{server: server, number: number, tcp: tcp, raw: tcp}
	if server.opts.Delay > 0 {
		d := newDelayed(tcp)
		server.done.Go(func() { d.pump(server.opts.Delay) })
		s.raw = d
	}
	s.use(s.raw)
	return s
}

// use has the session talk over conn from now on.
func (s *session) use(conn net.Conn) {
	s.in, s.out = bufio.NewReaderSize(conn, maxLine), bufio.NewWriterSize(conn, 32<<10)
}

// run carries the session out, from the connection to its end.
func (s *session) run() {
	if d, ok := s.raw.(*delayed); ok {
		defer close(d.stop)
	}
	defer s.leaveOnce()
	defer s.release()
	if !s.before("connect") {
		return
	}
	if s.server.opts.TLS == ImplicitTLS && !s.handshake() {
		return
	}
	if !s.greet() {
		return
	}
	for {
		line, ok := s.readCommand()
		if !ok || !s.handle(line) {
			return
		}
	}
}

// handshake starts TLS, with the fault that the test wants.
func (s *session) handshake() bool {
	f := s.ask(s.event("tls", ""))
	below := s.raw
	switch f.Kind {
	case NoFault:
	case Cut, Freeze:
		below = &severed{Conn: s.raw, session: s, fault: f, left: f.N}
	default:
		if !s.spoil(f) || s.out.Flush() != nil {
			return false
		}
	}
	conn := tls.Server(below, s.server.tls)
	if err := conn.Handshake(); err != nil {
		return false
	}
	s.tls = conn
	s.use(conn)
	return true
}

func (s *session) greet() bool {
	text := s.server.opts.Greeting
	if text == "" {
		text = "+OK pop3test ready"
		if s.server.opts.APOP {
			text += " " + s.server.stamp
		}
	}
	r := reply{status: text, last: !strings.HasPrefix(text, "+OK")}
	return s.answer(s.event("greeting", ""), func() reply { return r })
}

// readCommand gives the next line without its end. Replies go out only when
// there is nothing left to answer, as those of real servers do.
func (s *session) readCommand() (string, bool) {
	waited := !s.hasCommand()
	s.ahead = !waited
	if waited && s.out.Flush() != nil {
		return "", false
	}
	line, err := s.in.ReadSlice('\n')
	if err != nil {
		return "", false
	}
	atLogin := s.next != nil || bytes.HasPrefix(line, []byte("PASS ")) || bytes.HasPrefix(line, []byte("AUTH "))
	if s.server.opts.LosesAhead || s.server.opts.LosesAtLogin && atLogin {
		line = bytes.Clone(line)
		_, _ = s.in.Discard(s.in.Buffered()) // it is all there
	}
	if waited {
		s.server.counters.roundTrip()
	}
	return strings.TrimRight(string(line), "\r\n"), true
}

func (s *session) hasCommand() bool {
	ahead, _ := s.in.Peek(s.in.Buffered()) // can't fail: it is all there
	return bytes.IndexByte(ahead, '\n') >= 0
}

// handle answers a command. It is false when the session is over.
func (s *session) handle(line string) bool {
	if s.next != nil {
		return s.handleResponse(line)
	}
	verb, arg, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	s.server.counters.command(maskedLine(line, verb, arg))
	return s.answer(s.event(verb, arg), func() reply { return s.execute(verb, arg) })
}

// event describes the step that is about to take place.
func (s *session) event(command, arg string) Event {
	e := Event{Session: s.number, Command: command, Argument: masked(command, arg), Ahead: s.ahead}
	if s.box == nil {
		return e
	}
	e.User = s.box.user
	first, _, _ := strings.Cut(arg, " ")
	if n, err := strconv.Atoi(first); err == nil {
		e.Number = n
		if n >= 1 && n <= len(s.messages) {
			e.UID = s.messages[n-1].UID
		}
	}
	return e
}

// masked hides an argument that is a secret, or leads to one (RFC 1939,
// section 7; RFC 5034).
func masked(verb, arg string) string {
	switch verb {
	case "AUTH":
		if isMechanism(arg) {
			return arg
		}
		fallthrough
	case "PASS", "APOP":
		if arg != "" {
			return "***"
		}
	}
	return arg
}

func maskedLine(line, verb, arg string) string {
	if hidden := masked(verb, arg); hidden != arg {
		return verb + " " + hidden
	}
	return line
}
