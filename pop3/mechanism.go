package pop3

import "encoding/base64"

// mechanism is a way to log in by AUTH (RFC 5034).
type mechanism struct {
	name string
	// responses answer the challenges, one each, in base64.
	responses []string
	// initial has the one response go along with the command.
	initial bool
	// fails has a challenge after the last response tell of a failure, and
	// want an empty line before the -ERR.
	fails bool
}

// command is what begins the exchange.
func (m mechanism) command() string { return "AUTH " + m.name }

// lines are what may have to be sent, in turn, and the one that completes the
// login. A command that has the response in it is followed by the response
// once more: servers older than RFC 5034 don't look at it, and challenge.
func (m mechanism) lines() (lines []string, complete int) {
	lines = append([]string{m.command()}, m.responses...)
	if m.initial && len(m.responses) == 1 {
		with := m.command() + " " + m.responses[0]
		if len(with)+len(crlf) <= maxAuthCommand {
			lines[0] = with
			return lines, 0
		}
	}
	return lines, len(lines) - 1
}

// plain is PLAIN (RFC 4616), without an authorization identity.
func plain(o Options) mechanism {
	return mechanism{name: "PLAIN", responses: encoded("\x00" + o.User + "\x00" + o.Password)}
}

// login is LOGIN, which no RFC defines: the server asks for the user, then for
// the password, and no two servers ask in the same words
// (draft-murchison-sasl-login).
func login(o Options) mechanism {
	return mechanism{name: "LOGIN", responses: encoded(o.User, o.Password)}
}

// xoauth2 is XOAUTH2 (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol).
// Microsoft takes the token on a line of its own alone.
func xoauth2(o Options) mechanism {
	return mechanism{
		name: "XOAUTH2", fails: true,
		responses: encoded("user=" + o.User + "\x01auth=Bearer " + o.Token + "\x01\x01"),
	}
}

func encoded(responses ...string) []string {
	out := make([]string, len(responses))
	for i, r := range responses {
		out[i] = base64.StdEncoding.EncodeToString([]byte(r))
	}
	return out
}

// passwordMechanisms are the ways in which AUTH takes a password there, where
// CAPA tells. PLAIN's response follows on a line of its own at first: servers
// older than RFC 5034 know no other way, and a command that is refused alone
// has shown no password. The other way is for servers that know it alone.
func (s *Session) passwordMechanisms(o Options) (all []mechanism) {
	if s.caps.OffersSASL("PLAIN") {
		all = append(all, plain(o))
	}
	if s.caps.OffersSASL("LOGIN") {
		all = append(all, login(o))
	}
	if s.caps.OffersSASL("PLAIN") {
		at := plain(o)
		at.initial = true
		all = append(all, at)
	}
	return all
}
