package pop3

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

var (
	errTooEarly    = errors.New("the server accepts a login that is not complete")
	errTooMany     = errors.New("the server asks for more than the login has")
	errNoVerdict   = errors.New("the server accepts a login that it said had failed")
	errCutAfterAll = errors.New("the server refused, and closed the connection")
)

// refusedAlone is an -ERR to AUTH itself, before anything secret was sent.
type refusedAlone struct{ error }

// Unwrap gives the server's refusal.
func (r refusedAlone) Unwrap() error { return r.error }

// authenticateByOne tries mechanisms in turn until one isn't refused by its
// name alone.
func (s *Session) authenticateByOne(all []mechanism) (err error) {
	for _, m := range all {
		err = s.authenticate(m)
		if _, next := errors.AsType[refusedAlone](err); !next {
			return err
		}
	}
	return err
}

// authenticate logs in by AUTH (RFC 5034). What is asked after the login in
// any case goes along with the line that completes it, as with PASS.
func (s *Session) authenticate(m mechanism) error {
	op := m.command()
	lines, complete := m.lines()
	ahead := false
	for i, line := range lines {
		batch := []string{line}
		if i == complete && s.tls != nil && s.pipelines() {
			batch = append(batch, s.askAhead()...)
			ahead = len(batch) > 1
		}
		r, err := s.step(op, batch...)
		switch {
		case err != nil:
			return err
		case r.ok && i < complete:
			return &Error{Kind: Protocol, Op: op, Err: errTooEarly}
		case r.ok:
			s.method = op
			return nil
		case !r.more && line == op:
			return s.refusedAlone(op, r)
		case !r.more:
			return s.refusal(op, r, loginKind(r))
		case i == len(lines)-1 && m.fails:
			return s.verdict(op, r, ahead)
		case ahead:
			return &Error{Kind: Protocol, Op: op, Err: errTooMany}
		}
	}
	return &Error{Kind: Protocol, Op: op, Err: errTooMany}
}

// step sends a line of an exchange, and perhaps commands after it, and waits
// for its status line or challenge.
func (s *Session) step(op string, batch ...string) (reply, error) {
	if err := s.send(op, batch...); err != nil {
		return reply{}, err
	}
	s.wire.sasl = true
	defer func() { s.wire.sasl = false }()
	return s.receive(op)
}

// refusedAlone is the error of an -ERR to AUTH itself. Unless it speaks of
// something else, the mechanism is at fault.
func (s *Session) refusedAlone(op string, r reply) error {
	if kind := loginKind(r); kind != Auth || r.code != "" {
		return s.refusal(op, r, kind)
	}
	refused := s.refusal(op, r, Permanent)
	refused.Err = refusedAlone{errRefused}
	return refused
}

// verdict ends an exchange that has failed: the challenge says so in JSON,
// and the server waits for an empty line before it says -ERR. A command that
// was sent ahead stands in that line's place, and is as good.
func (s *Session) verdict(op string, challenge reply, ahead bool) error {
	var r reply
	var err error
	if ahead {
		r, err = s.receive(op)
	} else {
		r, err = s.step(op, "")
	}
	status := failureStatus(challenge.text)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && status != "":
		e := s.refusal(op, reply{text: status}, loginKind(reply{text: status}))
		e.Err = errCutAfterAll
		return e
	case err != nil:
		return err
	case r.ok:
		return &Error{Kind: Protocol, Op: op, Err: errNoVerdict}
	case r.more:
		return &Error{Kind: Protocol, Op: op, Err: errTooMany}
	}
	e := s.refusal(op, r, loginKind(r))
	if status != "" {
		e.Err = fmt.Errorf("%w (status %s)", errRefused, s.printable(status))
	}
	return e
}

// failureStatus is what the JSON of a failure gives as status, such as "401"
// or "invalid_token"; empty without one.
func failureStatus(text string) string {
	var failure struct {
		Status json.RawMessage `json:"status"` // a string, or a number
	}
	if json.Unmarshal([]byte(text), &failure) != nil {
		return ""
	}
	return strings.Trim(string(failure.Status), `"`)
}
