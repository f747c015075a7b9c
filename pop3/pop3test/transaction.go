package pop3test

import (
	"fmt"
	"strconv"
	"strings"
)

// transaction is the state after the login (RFC 1939, section 5).
func (s *session) transaction(verb, arg string) reply {
	o := &s.server.opts
	switch {
	case verb == "NOOP":
		return ok("")
	case verb == "STAT":
		return s.stat()
	case verb == "LIST":
		return s.list(verb, arg, func(m *stored) string { return strconv.FormatInt(m.octets(), 10) })
	case verb == "UIDL" && !o.NoUIDL:
		return s.list(verb, arg, func(m *stored) string { return m.UID })
	case verb == "RETR":
		return s.retrieve(arg)
	case verb == "TOP" && !o.NoTOP:
		return s.top(arg)
	case verb == "DELE":
		return s.delete(arg)
	case verb == "RSET":
		clear(s.deleted)
		return ok("")
	default:
		return fail("unknown command")
	}
}

func (s *session) stat() reply {
	var count int
	var octets int64
	for i := range s.messages {
		if m := &s.messages[i]; !s.deleted[m.id] {
			count++
			octets += m.octets()
		}
	}
	line := fmt.Sprintf("%d %d", count, octets)
	return ok(strings.Join(s.box.edited("STAT", []string{line}), " "))
}

// list answers LIST and UIDL, of one message or of all.
func (s *session) list(verb, arg string, say func(*stored) string) reply {
	if arg != "" {
		m, err := s.message(arg)
		if err != nil {
			return fail(err.Error())
		}
		line := arg + " " + say(m)
		return ok(strings.Join(s.box.edited(verb, []string{line}), " "))
	}
	var lines []string
	for i := range s.messages {
		if m := &s.messages[i]; !s.deleted[m.id] {
			lines = append(lines, strconv.Itoa(i+1)+" "+say(m))
		}
	}
	status := fmt.Sprintf("+OK %d messages", len(lines))
	return listing(status, s.box.edited(verb, lines))
}

func (s *session) retrieve(arg string) reply {
	m, err := s.message(arg)
	if err != nil {
		return fail(err.Error())
	}
	s.seen[m.id] = true
	return s.text(m.served())
}

func (s *session) top(arg string) reply {
	number, count, _ := strings.Cut(arg, " ")
	m, err := s.message(number)
	if err != nil {
		return fail(err.Error())
	}
	n, convErr := strconv.Atoi(count)
	if convErr != nil || n < 0 {
		return fail("TOP needs a number of lines")
	}
	return s.text(m.top(n))
}

func (s *session) delete(arg string) reply {
	m, err := s.message(arg)
	if err != nil {
		return fail(err.Error())
	}
	s.deleted[m.id] = true
	return ok("marked")
}

// message finds the message that a command is about.
func (s *session) message(arg string) (*stored, error) {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > len(s.messages) {
		return nil, fmt.Errorf("no such message, there are %d", len(s.messages))
	}
	m := &s.messages[n-1]
	if s.deleted[m.id] {
		return nil, fmt.Errorf("message %d is deleted", n)
	}
	return m, nil
}

func (s *session) text(body []byte) reply {
	return reply{
		status: fmt.Sprintf("+OK %d octets", len(body)),
		multi:  true, body: body, stuff: true, bareLF: s.server.opts.StuffBareLF,
	}
}
