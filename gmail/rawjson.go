package gmail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

var (
	errNoRaw   = errors.New("the answer holds no raw message")
	errBadJSON = errors.New("the answer is no JSON")
)

// maxBeforeRaw bounds what may come before the raw message, in octets. It is
// the one member asked for.
const maxBeforeRaw = 1 << 20

// decodeRaw finds the member "raw" of a JSON object and gives what its
// base64url (RFC 4648, section 5, padded or not) stands for, as it comes in.
func decodeRaw(answer io.Reader) (io.Reader, error) {
	bounded := &io.LimitedReader{R: answer, N: maxBeforeRaw}
	s := &jsonScanner{bufio.NewReaderSize(bounded, 32<<10)}
	if err := s.expect('{'); err != nil {
		return nil, err
	}
	for {
		name, err := s.name()
		if err != nil {
			return nil, err
		}
		if name == "raw" {
			if err := s.expect('"'); err != nil {
				return nil, err
			}
			bounded.N = math.MaxInt64
			if first, err := s.Peek(1); err != nil {
				return nil, unexpected(err)
			} else if first[0] == '"' { // no message is empty
				return nil, errNoRaw
			}
			return base64.NewDecoder(base64.RawURLEncoding, &base64Text{r: s.Reader}), nil
		}
		if err := s.skipMember(); err != nil {
			return nil, err
		}
	}
}

// jsonScanner reads just as much JSON (RFC 8259) as is needed to find a
// member of the outermost object.
type jsonScanner struct{ *bufio.Reader }

// next gives the next octet that is no space.
func (s *jsonScanner) next() (byte, error) {
	for {
		c, err := s.ReadByte()
		if err != nil || strings.IndexByte(" \t\r\n", c) < 0 {
			return c, unexpected(err)
		}
	}
}

func (s *jsonScanner) expect(want byte) error {
	c, err := s.next()
	if err == nil && c != want {
		err = errBadJSON
	}
	return err
}

// name reads a member's name and its colon.
func (s *jsonScanner) name() (string, error) {
	c, err := s.next()
	if err == nil && c == '}' {
		err = errNoRaw
	} else if err == nil && c != '"' {
		err = errBadJSON
	}
	if err != nil {
		return "", err
	}
	name, err := s.skipString()
	if err != nil {
		return "", err
	}
	return name, s.expect(':')
}

// skipString reads to the end of a string whose opening quote is read, and
// gives its first octets, escapes as they are.
func (s *jsonScanner) skipString() (string, error) {
	var start []byte
	escaped := false
	for {
		c, err := s.ReadByte()
		if err != nil {
			return "", unexpected(err)
		}
		if c == '"' && !escaped {
			return string(start), nil
		}
		if len(start) < 16 {
			start = append(start, c)
		}
		escaped = c == '\\' && !escaped
	}
}

// skipMember reads to the end of a member's value and the comma after it.
func (s *jsonScanner) skipMember() error {
	for depth := 0; ; {
		c, err := s.next()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if _, err := s.skipString(); err != nil {
				return err
			}
		case '{', '[':
			depth++
		case ']', '}':
			if depth--; depth < 0 {
				return errNoRaw
			}
		case ',':
			if depth == 0 {
				return nil
			}
		}
	}
}

// base64Text reads the text of a JSON string whose opening quote is read, up
// to its closing quote, without base64's padding.
type base64Text struct {
	r      *bufio.Reader
	padded bool
	done   bool
}

func (t *base64Text) Read(p []byte) (n int, err error) {
	for n == 0 && !t.done && len(p) > 0 {
		if n, err = t.plain(p); err != nil || n > 0 {
			return n, err
		}
		if n, err = t.special(p); err != nil {
			return n, err
		}
	}
	if t.done {
		return n, io.EOF
	}
	return n, nil
}

// plain copies what is buffered up to the next octet that isn't plain.
func (t *base64Text) plain(p []byte) (int, error) {
	if _, err := t.r.Peek(1); err != nil {
		return 0, unexpected(err)
	}
	text, _ := t.r.Peek(min(t.r.Buffered(), len(p)))
	if i := bytes.IndexAny(text, `"\=`); i >= 0 {
		text = text[:i]
	}
	if len(text) > 0 && t.padded {
		return 0, errBadJSON
	}
	n := copy(p, text)
	_, err := t.r.Discard(n)
	return n, err
}

// special reads a quote, an escape, or padding.
func (t *base64Text) special(p []byte) (int, error) {
	c, err := t.r.ReadByte()
	if err == nil && c == '\\' {
		c, err = t.escape()
	} else if err == nil && c == '"' {
		t.done = true
		return 0, nil
	}
	switch {
	case err != nil:
		return 0, unexpected(err)
	case c == '=':
		t.padded = true
		return 0, nil
	case t.padded:
		return 0, errBadJSON
	}
	p[0] = c
	return 1, nil
}

// escape reads what a backslash begins. Google's servers may write "=" as
// \u003d.
func (t *base64Text) escape() (byte, error) {
	c, err := t.r.ReadByte()
	switch {
	case err != nil:
		return 0, err
	case c == '/':
		return '/', nil
	case c == 'n', c == 'r':
		return '\n', nil // which the decoder skips
	case c != 'u':
		return 0, errBadJSON
	}
	var hex [4]byte
	if _, err := io.ReadFull(t.r, hex[:]); err != nil {
		return 0, err
	}
	code, err := strconv.ParseUint(string(hex[:]), 16, 7)
	if err != nil {
		return 0, errBadJSON
	}
	return byte(code), nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
