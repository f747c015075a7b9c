package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
)

// firstDay is the morning on which the story begins, soon after the last of
// the sample mail was written.
var firstDay = time.Date(2025, time.October, 1, 6, 0, 0, 0, time.UTC)

// show is the story as far as it was told. Once something is otherwise than
// told it stops: err is set, and nothing more happens.
type show struct {
	Options
	*stage
	ctx   context.Context
	clock *clock
	begun bool // something was printed
	err   error
}

// failf ends the show; the first reason counts.
func (s *show) failf(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("the demo went wrong: "+format, args...)
	}
}

// check ends the show unless what was told is so.
func (s *show) check(so bool, format string, args ...any) {
	if !so {
		s.failf(format, args...)
	}
}

// at sets the clock to a time of day, days after the first.
func (s *show) at(days, hour, minute, second int) {
	s.clock.set(firstDay.Truncate(24*time.Hour).AddDate(0, 0, days).
		Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second))
}

// title begins a scene.
func (s *show) title(text string) {
	now := s.clock.now().Format("Monday 2 January 2006, 15:04")
	s.paragraph(s.bold(fmt.Sprintf("== %s (%s)", text, now)) + "\n")
}

// say explains, a paragraph a call.
func (s *show) say(format string, args ...any) {
	s.paragraph(wrapped(fmt.Sprintf(format, args...)))
}

// list shows lines that are no command's output.
func (s *show) list(lines ...string) {
	s.paragraph(indented(strings.Join(lines, "\n")))
}

// command runs popbridge as typed, shows it with all it prints, and ends the
// show where it exits otherwise than with code want.
func (s *show) command(want int, args ...string) (output string) {
	s.paragraph(indent + s.bold("$ popbridge "+strings.Join(args, " ")) + "\n")
	output, code := s.invoke(args...)
	s.print(indented(output))
	if code != 0 && s.err == nil {
		s.print(indented(fmt.Sprintf("%s\n%d\n", s.bold("$ echo $?"), code)))
	}
	s.check(code == want, "popbridge %s ended with %d, not with %d", strings.Join(args, " "), code, want)
	return output
}

// silent is a command that has nothing to say.
func (s *show) silent(args ...string) {
	output := s.command(0, args...)
	s.check(output == "", "popbridge %s was not silent", strings.Join(args, " "))
}

// invoke runs popbridge with the demo's configuration.
func (s *show) invoke(args ...string) (output string, code int) {
	if s.err != nil {
		return "", 0
	}
	var out bytes.Buffer
	code = s.Invoke(s.ctx, s.clock.now, &out, &out, append([]string{"--config", s.config()}, args...)...)
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return "", code
	}
	// A session is over when its server has noticed, too.
	if err := s.pop.WaitIdle(s.ctx); err != nil {
		s.err = err
	}
	// As in the commands themselves, the flag is left out of the hints.
	return strings.ReplaceAll(out.String(), "popbridge --config "+s.config()+" ", "popbridge "), code
}

// deliver has mail arrive.
func (s *show) deliver(m *mailbox, names ...string) {
	if s.err == nil {
		s.err = m.deliver(names...)
	}
}

// paragraph prints after an empty line.
func (s *show) paragraph(text string) {
	if s.begun {
		text = "\n" + text
	}
	s.begun = true
	s.print(text)
}

func (s *show) print(text string) {
	if s.err != nil {
		return
	}
	if _, err := fmt.Fprint(s.Out, text); err != nil {
		s.err = fmt.Errorf("write what the demo tells: %w", err)
	}
}

func (s *show) bold(text string) string {
	if !s.Colour {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}
