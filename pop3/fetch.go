package pop3

import (
	"context"
	"io"
	"iter"
	"strconv"
)

// Receive takes a message, or what the server said instead of it.
//
// With err nil, message holds it as the server has it, and ends with io.EOF
// only when it is complete: a connection that is cut gives an *Error that
// wraps io.ErrUnexpectedEOF. The message is not valid after the return; what
// wasn't read by then is skipped.
//
// With an err, an *Error of Kind Refused or what the response code says,
// there is no message, and the session goes on.
type Receive = func(number int, message io.Reader, err error) error

// Top fetches the headers of the messages of the given numbers (TOP with no
// lines of the body; RFC 1939, section 7), in that order, of up to 16 MiB; for
// the rest it is like Retr.
func (s *Session) Top(ctx context.Context, numbers iter.Seq[int], receive Receive) error {
	return s.fetch(ctx, "TOP", " 0", min(maxHeader, s.maxMessage), numbers, receive)
}

// Retr fetches the messages of the given numbers, in that order, and calls
// receive with each. Where the server pipelines, numbers are pulled while
// earlier messages are still to come, but never more than 128 ahead and all
// in the caller's goroutine; what was pulled is fetched.
//
// An error of receive ends the call and the session, and is returned as it
// is. Others are *Error, and end the session, too.
func (s *Session) Retr(ctx context.Context, numbers iter.Seq[int], receive Receive) error {
	return s.fetch(ctx, "RETR", "", s.maxMessage, numbers, receive)
}

func (s *Session) fetch(ctx context.Context, verb, args string, limit int64, numbers iter.Seq[int], receive Receive) error {
	command := func(number int) string { return verb + " " + strconv.Itoa(number) + args }
	return s.do(ctx, verb, func() error {
		return s.pipeline(ctx, verb, numbers, command, func(number int) error {
			return s.message(verb+" "+strconv.Itoa(number), number, limit, receive)
		})
	})
}

// inStep tells a message from a status line in its place: after a reply too
// many, or one without its message, each later message would be taken for
// another one.
func (s *Session) inStep() error {
	start, err := s.wire.in.Peek(3) // the shortest message is ".", CR, LF
	if err == nil && string(start) == "-ER" {
		start, err = s.wire.in.Peek(4)
	}
	if err == nil && (string(start) == "+OK" || string(start) == "-ERR") {
		err = violation("a status line stands in the place of a message")
	}
	return err
}

// message reads the answer to a command for one message, of limit octets at
// most.
func (s *Session) message(op string, number int, limit int64, receive Receive) error {
	r, err := s.receive(op)
	if err != nil {
		return err
	}
	if !r.ok {
		return receive(number, nil, s.refusal(op, r, kindOfCode(r.code, Refused)))
	}
	if err := s.inStep(); err != nil {
		return s.fault(op, err)
	}
	b := &body{in: s.wire.in, left: limit, fault: func(err error) error { return s.fault(op, err) }}
	err = receive(number, b, nil)
	if b.err != nil && b.err != io.EOF {
		return b.err // whatever receive made of it
	}
	if err != nil {
		return err
	}
	return b.finish()
}
