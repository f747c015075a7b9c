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
// lines of the body; RFC 1939, section 7), in that order; for the rest it is
// like Retr.
func (s *Session) Top(ctx context.Context, numbers iter.Seq[int], receive Receive) error {
	return s.fetch(ctx, "TOP", " 0", numbers, receive)
}

// Retr fetches the messages of the given numbers, in that order, and calls
// receive with each. Where the server pipelines, numbers are pulled while
// earlier messages are still to come, but never more than 128 ahead and all
// in the caller's goroutine; what was pulled is fetched.
//
// An error of receive ends the call and the session, and is returned as it
// is. Others are *Error, and end the session, too.
func (s *Session) Retr(ctx context.Context, numbers iter.Seq[int], receive Receive) error {
	return s.fetch(ctx, "RETR", "", numbers, receive)
}

func (s *Session) fetch(ctx context.Context, verb, args string, numbers iter.Seq[int], receive Receive) error {
	command := func(number int) string { return verb + " " + strconv.Itoa(number) + args }
	return s.do(ctx, verb, func() error {
		return s.pipeline(ctx, verb, numbers, command, func(number int) error {
			return s.message(verb+" "+strconv.Itoa(number), number, receive)
		})
	})
}

// message reads the answer to a command for one message.
func (s *Session) message(op string, number int, receive Receive) error {
	r, err := s.receive(op)
	if err != nil {
		return err
	}
	if !r.ok {
		return receive(number, nil, s.refusal(op, r, kindOfCode(r.code, Refused)))
	}
	b := &body{in: s.wire.in, left: s.maxMessage, fault: func(err error) error { return s.fault(op, err) }}
	err = receive(number, b, nil)
	if b.err != nil && b.err != io.EOF {
		return b.err // whatever receive made of it
	}
	if err != nil {
		return err
	}
	return b.finish()
}
