package pop3

import (
	"context"
	"slices"
	"strconv"
)

// Dele marks messages as deleted (RFC 1939, section 5), in the order given.
// Those that the server refuses are in failed, each with an *Error; so is the
// one whose answer ended the session with err. The deletions take effect at
// Quit, and not at all after an err.
func (s *Session) Dele(ctx context.Context, numbers []int) (failed map[int]error, err error) {
	failed = make(map[int]error)
	command := func(number int) string { return "DELE " + strconv.Itoa(number) }
	err = s.do(ctx, "DELE", func() error {
		return s.pipeline(ctx, "DELE", slices.Values(numbers), command, func(number int) error {
			r, err := s.receive(command(number))
			if err == nil && !r.ok {
				failed[number] = s.refusal(command(number), r, kindOfCode(r.code, Refused))
			}
			if err != nil {
				failed[number] = err
			}
			return err
		})
	})
	return failed, err
}

// Quit commits the deletions and closes the session (RFC 1939, section 6).
// Without an error, the server confirmed it. With one, the deletions may have
// taken effect in whole, in part or, where the session had failed before and
// no QUIT was sent, not at all. The connection is closed in any case.
func (s *Session) Quit(ctx context.Context) error {
	defer s.Abort()
	return s.do(ctx, "QUIT", func() error {
		r, err := s.ask("QUIT", "QUIT")
		if err != nil {
			return err
		}
		if !r.ok {
			return s.refusal("QUIT", r, kindOfCode(r.code, Temporary))
		}
		s.sayGoodbye()
		return nil
	})
}

// sayGoodbye ends TLS in order. All is done by then, so nothing depends on it.
func (s *Session) sayGoodbye() {
	if s.tls != nil {
		_ = s.tls.CloseWrite()
	}
}
