package pop3

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"regexp"
)

// timestamp is what a greeting holds where the server knows APOP: a msg-id
// (RFC 1939, section 7). No more than printable ASCII is taken for one: the
// attacks on APOP's MD5 need other octets in it.
var timestamp = regexp.MustCompile(`<[!-;=?A-~]{1,250}@[!-;=?A-~]{1,250}>`)

var errNoTimestamp = errors.New("the greeting holds no timestamp, so the server lacks APOP")

// login logs in. On a connection that isn't encrypted, APOP at least keeps
// the password from those who listen.
func (s *Session) login(o Options) error {
	stamp := timestamp.FindString(s.greeting)
	switch {
	case o.Auth == AuthAPOP && stamp == "":
		return &Error{Kind: Permanent, Op: "APOP", Err: errNoTimestamp}
	case o.Auth == AuthAPOP:
		return s.apop(o, stamp)
	case o.Auth == AuthPlain || stamp == "":
		return s.userPass(o)
	case s.tls != nil && (s.caps.USER || !s.caps.Offered):
		return s.userPass(o)
	case s.tls != nil:
		return s.apop(o, stamp)
	default:
		return s.apopOrPlain(o, stamp)
	}
}

// apopOrPlain tries APOP, then USER and PASS, which the caller has allowed:
// servers with a timestamp in the greeting need not know APOP, or not for a
// user whose password they only have as a hash.
func (s *Session) apopOrPlain(o Options, stamp string) error {
	err := s.apop(o, stamp)
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == Auth && e.Code == "" {
		return s.userPass(o)
	}
	return err
}

// apop logs in with a digest of the password (RFC 1939, section 7).
func (s *Session) apop(o Options, stamp string) error {
	digest := md5.Sum([]byte(stamp + o.Password))
	r, err := s.ask("APOP", "APOP "+o.User+" "+hex.EncodeToString(digest[:]))
	if err != nil {
		return err
	}
	return s.loggedIn("APOP", r)
}

// userPass logs in with the password as it is. Where the server pipelines,
// one round trip does: the password then goes even to a server that refuses
// the user, but no further than there, since the connection is encrypted. What
// is asked after the login in any case goes along.
func (s *Session) userPass(o Options) error {
	user, pass := "USER "+o.User, "PASS "+o.Password
	ahead := s.tls != nil && s.pipelines()
	commands := []string{user}
	if ahead {
		commands = append(commands, pass)
		commands = append(commands, s.askAhead()...)
	}
	if err := s.send("USER", commands...); err != nil {
		return err
	}
	r, err := s.receive("USER")
	if err != nil {
		return err
	}
	if err := s.loggedIn("USER", r); err != nil {
		return err
	}
	if !ahead {
		if err := s.send("PASS", pass); err != nil {
			return err
		}
	}
	if r, err = s.receive("PASS"); err != nil {
		return err
	}
	return s.loggedIn("PASS", r)
}

// askAhead gives the commands that may go along with the login (RFC 2449,
// section 6.6, lets PIPELINING begin before it).
func (s *Session) askAhead() []string {
	if !s.listAhead {
		return nil
	}
	s.listing = true
	if s.caps.dependOnUser() {
		return append([]string{"CAPA"}, listCommands()...)
	}
	return listCommands()
}

// loggedIn makes an -ERR an error.
func (s *Session) loggedIn(op string, r reply) error {
	if r.ok {
		return nil
	}
	return s.refusal(op, r, loginKind(r))
}

// pipelines tells whether several commands may be outstanding.
func (s *Session) pipelines() bool { return s.pipelining && s.caps.Pipelining }
