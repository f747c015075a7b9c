package pop3test

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strings"
)

// execute carries a command out and gives its reply.
func (s *session) execute(verb, arg string) reply {
	switch verb {
	case "QUIT":
		return s.quit()
	case "CAPA":
		if !s.server.opts.NoCAPA {
			return listing("+OK capabilities", s.capabilities())
		}
	}
	if s.box == nil {
		return s.authorization(verb, arg)
	}
	return s.transaction(verb, arg)
}

// authorization is the state before the login (RFC 1939, section 4).
func (s *session) authorization(verb, arg string) reply {
	switch {
	case verb == "STLS" && s.server.opts.TLS == STLS && s.tls == nil:
		return s.startTLS()
	case verb == "USER" && !s.server.opts.NoUSER:
		s.claimed = arg
		return ok("send PASS")
	case verb == "PASS" && !s.server.opts.NoUSER:
		return s.pass(arg)
	case verb == "AUTH":
		return s.auth(arg)
	case verb == "APOP" && s.server.opts.APOP:
		return s.apop(arg)
	default:
		return fail("unknown command, or not before the login")
	}
}

// startTLS refuses what was sent ahead: to take it for commands of the
// encrypted session would let others inject some (RFC 2595, section 4).
func (s *session) startTLS() reply {
	if s.in.Buffered() > 0 {
		r := fail("nothing may follow STLS before its reply")
		r.last = true
		return r
	}
	r := ok("begin TLS")
	r.then = func() bool {
		s.claimed = ""
		return s.handshake()
	}
	return r
}

func (s *session) pass(password string) reply {
	if s.claimed == "" {
		return fail("USER first")
	}
	box := s.server.Mailbox(s.claimed)
	s.claimed = ""
	if box == nil || box.secret() != password {
		return wrongPassword()
	}
	return s.login(box)
}

func wrongPassword() reply { return fail("[AUTH] wrong user or password") }

// apop compares the digest of timestamp and password (RFC 1939, section 7).
func (s *session) apop(arg string) reply {
	user, digest, _ := strings.Cut(arg, " ")
	box := s.server.Mailbox(user)
	if box == nil {
		return wrongPassword()
	}
	sum := md5.Sum([]byte(s.server.stamp + box.secret()))
	if digest != hex.EncodeToString(sum[:]) {
		return wrongPassword()
	}
	return s.login(box)
}

func (s *session) login(box *Mailbox) reply {
	now := s.server.opts.Now()
	if why := box.acquire(s, now); why != "" {
		return fail(why)
	}
	s.box, s.messages = box, box.snapshot()
	s.deleted, s.seen = map[int64]bool{}, map[int64]bool{}
	s.server.counters.login(s, now)
	return ok(fmt.Sprintf("%d messages", len(s.messages)))
}

// quit commits deletions, and lets go of the mailbox before it says so: who
// reads the reply may log in at once (RFC 1939, section 6).
func (s *session) quit() reply {
	if s.box != nil {
		if expire, _, _ := strings.Cut(s.server.opts.Expire, " "); expire == "0" {
			for id := range s.seen {
				s.deleted[id] = true
			}
		}
		s.box.expunge(s.deleted)
		s.release()
	}
	r := ok("bye")
	r.last = true
	return r
}

// release ends the session's hold of the mailbox, if it has one.
func (s *session) release() {
	if s.box == nil {
		return
	}
	s.box.release(s)
	s.server.counters.logout(s, s.server.opts.Now())
	s.box = nil
}

func (s *session) capabilities() []string {
	o := s.server.opts
	var lines []string
	add := func(when bool, line string) {
		if when {
			lines = append(lines, line)
		}
	}
	add(!o.NoUSER, "USER")
	add(true, "RESP-CODES")
	add(true, "AUTH-RESP-CODE")
	add(!o.NoTOP, "TOP")
	add(!o.NoUIDL, "UIDL")
	add(o.Pipelining, "PIPELINING")
	add(o.TLS == STLS && s.tls == nil, "STLS")
	add(len(o.SASL) > 0, "SASL "+strings.Join(o.SASL, " "))
	add(o.Expire != "", "EXPIRE "+o.Expire)
	add(o.LoginDelay > 0, fmt.Sprintf("LOGIN-DELAY %d", int64(o.LoginDelay.Seconds())))
	lines = append(lines, o.ExtraCapabilities...)
	return append(lines, "IMPLEMENTATION pop3test")
}
