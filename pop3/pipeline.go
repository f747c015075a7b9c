package pop3

import (
	"context"
	"iter"
)

// pipeline sends a command for each of the numbers, and calls answer to read
// the answers, in the same order. Where the server pipelines, up to maxWindow
// commands are outstanding, and are topped up once half of them are answered;
// elsewhere one is. Numbers are pulled no sooner than they are sent.
func (s *Session) pipeline(ctx context.Context, op string, numbers iter.Seq[int],
	command func(number int) string, answer func(number int) error,
) error {
	next, stop := iter.Pull(numbers)
	defer stop()
	window := 1
	if s.pipelines() {
		window = maxWindow
	}
	var waiting []int
	for more := true; ; {
		if more && len(waiting) <= window/2 {
			var batch []int
			batch, more = pull(next, window-len(waiting))
			if err := s.sendAll(ctx, op, batch, command); err != nil {
				return err
			}
			waiting = append(waiting, batch...)
		}
		if len(waiting) == 0 {
			return nil
		}
		if err := answer(waiting[0]); err != nil {
			return err
		}
		waiting = waiting[1:]
	}
}

// pull takes up to n numbers, and tells whether there may be more.
func pull(next func() (int, bool), n int) (batch []int, more bool) {
	for len(batch) < n {
		number, ok := next()
		if !ok {
			return batch, false
		}
		batch = append(batch, number)
	}
	return batch, true
}

// sendAll sends the commands for a batch in one write. A context that is done
// means that no more is changed.
func (s *Session) sendAll(ctx context.Context, op string, batch []int, command func(int) string) error {
	if len(batch) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return &Error{Kind: Unreachable, Op: op, Err: err}
	}
	commands := make([]string, len(batch))
	for i, number := range batch {
		commands[i] = command(number)
	}
	return s.send(op, commands...)
}
