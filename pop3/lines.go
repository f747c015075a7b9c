package pop3

import (
	"bufio"
	"bytes"
)

// readLines reads the lines of a multi-line answer (RFC 1939, section 3) that
// is of at most limit octets, up to the line that is a dot. A line is valid
// during the call of each; an error of each ends it.
func readLines(in *bufio.Reader, limit int64, each func(line []byte) error) error {
	for {
		line, err := readLine(in)
		if err != nil {
			return err
		}
		if len(line) == 1 && line[0] == '.' {
			return nil
		}
		if limit -= int64(len(line) + len(crlf)); limit < 0 {
			return violation("the answer is too long")
		}
		if bytes.HasPrefix(line, []byte("..")) {
			line = line[1:]
		}
		if err := each(line); err != nil {
			return err
		}
	}
}
