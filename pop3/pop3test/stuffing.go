package pop3test

import (
	"bytes"
	"io"
)

// writeStuffed writes body with a dot before each line that begins with one
// (RFC 1939, section 3). Lines end in CRLF, or in LF where bareLF is set.
func writeStuffed(w io.Writer, body []byte, bareLF bool) error {
	for start := 0; ; {
		dot := nextDot(body, start, bareLF)
		if dot < 0 {
			_, err := w.Write(body[start:])
			return err
		}
		if _, err := w.Write(body[start:dot]); err != nil {
			return err
		}
		if _, err := w.Write([]byte("..")); err != nil {
			return err
		}
		start = dot + 1
	}
}

// nextDot is where the next line begins with a dot, from start on, or -1.
func nextDot(body []byte, start int, bareLF bool) int {
	if start == 0 && bytes.HasPrefix(body, []byte(".")) {
		return 0
	}
	for {
		i := bytes.Index(body[start:], []byte("\n."))
		if i < 0 {
			return -1
		}
		i += start
		if bareLF || (i > 0 && body[i-1] == '\r') {
			return i + 1
		}
		start = i + 1
	}
}
