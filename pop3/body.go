package pop3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// position is where a body is with regard to the line end that came last.
type position int

const (
	// lineStart: the body begins, or CRLF came last.
	lineStart position = iota
	// afterCR: a CR came last, which may be half of a CRLF.
	afterCR
	// within: anything else.
	within
)

var (
	crlf    = []byte("\r\n")
	crlfDot = []byte("\r\n.")

	errHandedBack = errors.New("the message was handed back")
)

// body is the message of a multi-line answer (RFC 1939, section 3), byte for
// byte. It ends at CRLF "." CRLF and nothing like it: a message may hold bare
// LFs, and a reader that takes LF "." LF for the end reads the rest of the
// message as answers of the server. The CRLF before the dot is the message's.
//
// ".." at the beginning of a line becomes ".". A single dot before anything
// else is kept: that server doesn't stuff, and nothing must be lost.
type body struct {
	in *bufio.Reader
	at position
	// left is how many octets may still come.
	left int64
	// err is why the body has no more: io.EOF at its end.
	err error
	// fault translates errors of in.
	fault func(error) error
}

// Read gives what is next.
func (b *body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	chunk, err := b.next(len(p))
	return copy(p, chunk), err
}

// WriteTo writes all that is left, without a buffer in between.
func (b *body) WriteTo(to io.Writer) (int64, error) {
	var written int64
	for {
		chunk, err := b.next(bufferSize)
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
		n, err := to.Write(chunk)
		written += int64(n)
		if err != nil {
			return written, err
		}
		if n < len(chunk) {
			return written, io.ErrShortWrite
		}
	}
}

// next gives up to limit octets, at least one, valid until the next call.
func (b *body) next(limit int) ([]byte, error) {
	for b.err == nil {
		buffered, err := fill(b.in)
		if err != nil {
			b.err = b.fault(err)
			break
		}
		if b.at == lineStart && buffered[0] == '.' {
			b.err = b.leadingDot()
			continue
		}
		return b.take(buffered[:min(limit, len(buffered))])
	}
	return nil, b.err
}

// fill gives what is buffered, at least one octet.
func fill(in *bufio.Reader) ([]byte, error) {
	if in.Buffered() == 0 {
		if _, err := in.Peek(1); err != nil {
			return nil, err
		}
	}
	return in.Peek(in.Buffered())
}

// leadingDot decides about a dot at the beginning of a line: the end of the
// body (io.EOF), stuffing, which it skips, or a part of the message.
func (b *body) leadingDot() error {
	next, err := b.in.Peek(2)
	if err != nil {
		return b.fault(err)
	}
	b.at = within
	switch next[1] {
	case '.':
		_, err = b.in.Discard(1)
	case '\r':
		if next, err = b.in.Peek(3); err == nil && next[2] == '\n' {
			if _, err = b.in.Discard(3); err == nil {
				return io.EOF
			}
		}
	}
	if err != nil {
		return b.fault(err)
	}
	return nil
}

// take takes from chunk, the next octets, up to the next line that begins
// with a dot.
func (b *body) take(chunk []byte) ([]byte, error) {
	if b.at == afterCR && chunk[0] == '\n' {
		chunk, b.at = chunk[:1], lineStart
	} else if i := bytes.Index(chunk, crlfDot); i >= 0 {
		chunk, b.at = chunk[:i+len(crlf)], lineStart
	} else {
		b.at = positionAfter(chunk)
	}
	if b.left -= int64(len(chunk)); b.left < 0 {
		b.err = b.fault(violation("the message is larger than the limit"))
		return nil, b.err
	}
	_, err := b.in.Discard(len(chunk))
	return chunk, err
}

// positionAfter is where a body is after chunk.
func positionAfter(chunk []byte) position {
	switch {
	case bytes.HasSuffix(chunk, crlf):
		return lineStart
	case chunk[len(chunk)-1] == '\r':
		return afterCR
	default:
		return within
	}
}

// finish reads what the receiver left unread, and takes the body from it.
func (b *body) finish() error {
	var err error
	for err == nil {
		_, err = b.next(bufferSize)
	}
	if err != io.EOF {
		return err
	}
	b.err = errHandedBack
	return nil
}
