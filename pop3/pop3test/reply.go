package pop3test

import (
	"bytes"
	"io"
	"strings"
)

// reply is what answers a command.
type reply struct {
	status string // the first line, without its CRLF
	multi  bool   // lines and a final dot follow (RFC 1939, section 3)
	body   []byte // the lines
	stuff  bool   // dots are doubled in body,
	bareLF bool   // after a LF without CR as well
	last   bool   // the session ends with it
	cut    bool   // the session ends instead

	// then is done once it is sent; false ends the session.
	then func() bool
}

func ok(text string) reply {
	if text == "" {
		return reply{status: "+OK"}
	}
	return reply{status: "+OK " + text}
}

func fail(text string) reply { return reply{status: "-ERR " + text} }

// listing has lines that are sent as they are, also those that shouldn't be.
func listing(status string, lines []string) reply {
	var body strings.Builder
	for _, line := range lines {
		body.WriteString(line)
		body.WriteString("\r\n")
	}
	return reply{status: status, multi: true, body: []byte(body.String())}
}

// write sends the reply, without the final dot if dot is false.
func (r reply) write(w io.Writer, dot bool) error {
	if _, err := io.WriteString(w, r.status+"\r\n"); err != nil || !r.multi {
		return err
	}
	if err := r.writeBody(w); err != nil || !dot {
		return err
	}
	_, err := io.WriteString(w, ".\r\n")
	return err
}

func (r reply) writeBody(w io.Writer) error {
	if r.stuff {
		return writeStuffed(w, r.body, r.bareLF)
	}
	_, err := w.Write(r.body)
	return err
}

// truncated has at most n bytes of the lines, the last of which is ended.
func (r reply) truncated(n int) reply {
	if n = max(n, 0); n >= len(r.body) {
		return r
	}
	r.body = bytes.Clone(r.body[:n])
	if n > 0 && !bytes.HasSuffix(r.body, []byte("\r\n")) {
		r.body = append(r.body, "\r\n"...)
	}
	return r
}
