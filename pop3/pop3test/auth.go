package pop3test

import (
	"encoding/base64"
	"slices"
	"strings"
)

// credential is a token of a user's.
type credential struct{ user, token string }

// isMechanism tells what may follow AUTH and is no secret.
func isMechanism(arg string) bool {
	return slices.Contains([]string{"PLAIN", "LOGIN", "XOAUTH2"}, strings.ToUpper(arg))
}

// auth begins an exchange (RFC 5034).
func (s *session) auth(arg string) reply {
	s.responses = 0
	name, initial, given := strings.Cut(arg, " ")
	name = strings.ToUpper(name)
	var first func(string) reply
	prompt := ""
	switch name {
	case "PLAIN":
		first = s.plain
	case "LOGIN":
		first, prompt = s.loginUser, "Username:"
	case "XOAUTH2":
		first = s.xoauth2
	}
	switch {
	case first == nil || !slices.Contains(s.server.opts.SASL, name):
		return fail("unknown mechanism")
	case given && s.server.opts.NoInitialResponse:
		return fail("protocol error")
	case given:
		return decoding(first)(initial)
	}
	return s.challenge(prompt, decoding(first))
}

// challenge asks for a line, which next is given.
func (s *session) challenge(text string, next func(string) reply) reply {
	s.responses++
	s.next = next
	return reply{status: "+ " + base64.StdEncoding.EncodeToString([]byte(text))}
}

// handleResponse answers a line of an exchange. It is false when the session
// is over.
func (s *session) handleResponse(line string) bool {
	next := s.next
	s.next = nil
	hidden := ""
	if line != "" {
		hidden = "***"
	}
	s.server.counters.command(hidden)
	e := s.event("response", "")
	e.Argument, e.Number = hidden, s.responses
	return s.answer(e, func() reply {
		if line == "*" {
			return fail("cancelled")
		}
		return next(line)
	})
}

// decoding is next for what a line encodes.
func decoding(next func(string) reply) func(string) reply {
	return func(line string) reply {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return fail("that is no base64")
		}
		return next(string(data))
	}
}

// plain reads identity, user and password (RFC 4616).
func (s *session) plain(response string) reply {
	parts := strings.Split(response, "\x00")
	if len(parts) != 3 {
		return fail("that is no PLAIN")
	}
	s.claimed = parts[1]
	return s.pass(parts[2])
}

func (s *session) loginUser(user string) reply {
	return s.challenge("Password:", decoding(func(password string) reply {
		s.claimed = user
		return s.pass(password)
	}))
}

// xoauth2 reads user and token
// (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol).
func (s *session) xoauth2(response string) reply {
	user, rest, ok := strings.Cut(strings.TrimPrefix(response, "user="), "\x01auth=Bearer ")
	token, closed := strings.CutSuffix(rest, "\x01\x01")
	if !ok || !closed || !strings.HasPrefix(response, "user=") {
		return fail("that is no XOAUTH2")
	}
	box := s.server.Mailbox(user)
	if box != nil && s.server.takes(user, token) {
		return s.login(box)
	}
	if s.server.opts.BareRefusal {
		return wrongToken()
	}
	return s.challenge(`{"status":"401","schemes":"bearer","scope":"pop"}`, func(line string) reply {
		if s.server.opts.NeedsEmptyLine && line != "" {
			return reply{cut: true}
		}
		return wrongToken()
	})
}

func wrongToken() reply {
	return fail("[AUTH] Authentication failure: unknown user name or bad password.")
}

func (s *Server) takes(user, token string) bool {
	if s.opts.Token != nil {
		return s.opts.Token(user, token)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[credential{user, token}]
}
