package pop3

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
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
	case o.Auth == AuthXOAUTH2:
		return s.token(o)
	case o.Auth == AuthAPOP && stamp == "":
		return &Error{Kind: Permanent, Op: "APOP", Err: errNoTimestamp}
	case o.Auth == AuthAPOP:
		return s.apop(o, stamp)
	case o.Auth == AuthPlain || stamp == "":
		return s.password(o)
	case s.tls != nil && (s.caps.USER || !s.caps.Offered || s.onlySASL(o)):
		return s.password(o)
	case s.tls != nil:
		return s.apop(o, stamp)
	default:
		return s.apopOrPlain(o, stamp)
	}
}

// token logs in with an access token. A server that can't read one isn't
// sent it.
func (s *Session) token(o Options) error {
	m := xoauth2(o)
	if len(s.caps.SASL) > 0 && !s.caps.OffersSASL(m.name) {
		return &Error{Kind: Permanent, Op: m.command(), Err: fmt.Errorf(
			"the server takes no OAuth token: its CAPA has SASL %s only", printable(strings.Join(s.caps.SASL, " ")))}
	}
	return s.authenticate(m)
}

// password logs in with the password as it is, by AUTH where CAPA says that
// USER won't do.
func (s *Session) password(o Options) error {
	if all := s.passwordMechanisms(o); len(all) > 0 && !s.caps.USER {
		return s.authenticateByOne(all)
	}
	err := s.userPass(o)
	if e, ok := errors.AsType[*Error](err); ok && e.Op == "USER" && e.Kind == Auth && s.takesNoPassword(o) {
		e.Kind = Permanent
		e.Err = fmt.Errorf("%w, and its CAPA has SASL %s only, which popbridge can't give a password to", e.Err, printable(strings.Join(s.caps.SASL, " ")))
	}
	return err
}

// takesNoPassword tells whether CAPA offers ways to log in, and none of them
// for a password.
func (s *Session) takesNoPassword(o Options) bool {
	return !s.caps.USER && len(s.caps.SASL) > 0 && len(s.passwordMechanisms(o)) == 0
}

// onlySASL tells whether CAPA says that a password goes by AUTH alone.
func (s *Session) onlySASL(o Options) bool {
	return len(s.passwordMechanisms(o)) > 0 && !s.caps.USER
}

// apopOrPlain tries APOP, then the password as it is, which the caller has
// allowed: servers with a timestamp in the greeting need not know APOP, or not
// for a user whose password they only have as a hash.
func (s *Session) apopOrPlain(o Options, stamp string) error {
	err := s.apop(o, stamp)
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == Auth && e.Code == "" {
		return s.password(o)
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
	return s.loggedIn("APOP", "APOP", r)
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
	if !r.ok {
		return s.withoutUSER(o, r, commands[1:])
	}
	if !ahead {
		if err := s.send("PASS", pass); err != nil {
			return err
		}
	}
	if r, err = s.receive("PASS"); err != nil {
		return err
	}
	return s.loggedIn("USER", "PASS", r)
}

// withoutUSER is for a server that refuses USER. One whose CAPA has AUTH may
// want just that, unless it says that the user is at fault. What was sent
// ahead has to be refused as well: with a password that was looked at, a
// second try would count as a second wrong one.
func (s *Session) withoutUSER(o Options, r reply, ahead []string) error {
	refused := s.refusal("USER", r, loginKind(r))
	all := s.passwordMechanisms(o)
	if len(all) == 0 || refused.Kind != Auth || isAuthCode(r.code) {
		return refused
	}
	for _, command := range ahead {
		op, _, _ := strings.Cut(command, " ")
		if op == "CAPA" { // can be asked for at any time
			if err := s.readCapabilities(true); err != nil {
				return err
			}
			continue
		}
		r, err := s.receive(op)
		if err != nil {
			return err
		}
		if r.ok || isAuthCode(r.code) {
			return refused
		}
	}
	s.listing = false
	return s.authenticateByOne(all)
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

// loggedIn books the login by a method, or makes an -ERR an error.
func (s *Session) loggedIn(method, op string, r reply) error {
	if r.ok {
		s.method = method
		return nil
	}
	return s.refusal(op, r, loginKind(r))
}

// pipelines tells whether several commands may be outstanding.
func (s *Session) pipelines() bool { return s.pipelining && s.caps.Pipelining }
