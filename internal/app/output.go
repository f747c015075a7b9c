package app

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"unicode"
)

// The rules of what popbridge says:
//   - lower case, no full stop, "popbridge: ACCOUNT: what failed: why";
//   - on a line of its own "hint: " and the command that mends it, on further
//     ones what would do instead;
//   - of what a server sent, only printable characters;
//   - never a password, a token, a subject or a body;
//   - nothing when nothing is wrong.

// complain says on standard error what is wrong and what mends it.
func (p *program) complain(account, text, hint string) {
	text, hints := printable(text), p.hints(hint)
	if p.logJSON {
		attrs := []any{}
		if account != "" {
			attrs = append(attrs, slog.String("account", account))
		}
		if hint != "" {
			attrs = append(attrs, slog.String("hint", p.hintLine(hint)))
		}
		p.log.Error(text, attrs...)
		return
	}
	if account != "" {
		text = account + ": " + text
	}
	said := fmt.Sprintf("popbridge: %s\n", text)
	for _, h := range hints {
		said += fmt.Sprintf("hint: %s\n", h)
	}
	_, _ = io.WriteString(p.Stderr, said) // there is nowhere else to say it
}

// printable keeps anything from reaching a terminal that could steer it.
// Joined errors stand on lines of their own, which become one.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ';'
		case unicode.IsPrint(r):
			return r
		default:
			return '\uFFFD'
		}
	}, s)
}

// output remembers the first error of standard output, so that a result that
// never arrived isn't taken for one.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// serial lets one of several accounts write at a time, so that a complaint
// and its hint, and lines of the log, stay whole.
type serial struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *serial) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

// route has everything go to w, until the returned function is called.
func (s *serial) route(w io.Writer) (back func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.w
	s.w = w
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.w = before
	}
}

// say prints a result.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.Stdout, format+"\n", args...)
}
