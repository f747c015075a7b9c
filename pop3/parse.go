package pop3

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// parseNumber takes a decimal number, without sign, off the beginning of a
// line.
func parseNumber(line []byte, limit int64) (n int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(line) && '0' <= line[i] && line[i] <= '9'; i++ {
		if n = 10*n + int64(line[i]-'0'); n > limit {
			return 0, nil, false
		}
	}
	return n, line[i:], i > 0
}

// malformed says which words of the server can't be read.
func malformed(what, reply string) *Error {
	return &Error{Kind: Protocol, Err: fmt.Errorf("malformed %s", what), Reply: reply}
}

// parseNumbered takes a message number and the blanks after it off a line.
func parseNumbered(line []byte) (number int, rest []byte, err error) {
	n, rest, ok := parseNumber(line, maxNumber)
	if !ok || n == 0 || len(rest) == 0 || rest[0] != ' ' {
		return 0, nil, malformed("line", string(line))
	}
	return int(n), bytes.TrimLeft(rest, " "), nil
}

// parseStat reads the number of messages out of the answer to STAT (RFC 1939,
// section 5). The octets after it are left alone: servers count them in
// ways of their own.
func parseStat(text string) (count int, err error) {
	n, rest, ok := parseNumber([]byte(text), maxNumber)
	switch {
	case !ok || len(rest) > 0 && !isBlank(rest[0]):
		return 0, malformed("answer", text)
	case n > maxEntries:
		return 0, violation("the mailbox has %d messages, more than %d", n, maxEntries)
	}
	return int(n), nil
}

// parseSize reads a line of LIST. RFC 1939, section 5, lets text follow the
// size.
func parseSize(line []byte) (Entry, error) {
	number, rest, err := parseNumbered(line)
	if err != nil {
		return Entry{}, err
	}
	size, rest, ok := parseNumber(rest, maxSize)
	if !ok || len(rest) > 0 && !isBlank(rest[0]) {
		return Entry{}, malformed("size", string(line))
	}
	return Entry{Number: number, Size: size}, nil
}

// parseUID reads a line of UIDL (RFC 1939, section 7). Blanks at its end are
// no part of the unique id; within, they would be, and make it ambiguous.
func parseUID(line []byte) (Entry, error) {
	number, rest, err := parseNumbered(line)
	if err != nil {
		return Entry{}, err
	}
	uid := bytes.TrimRight(rest, " ")
	switch {
	case len(uid) == 0:
		return Entry{}, violation("message %d has an empty unique id", number)
	case len(uid) > maxUID:
		return Entry{}, violation("the unique id of message %d is longer than %d octets", number, maxUID)
	case bytes.ContainsAny(uid, " \r\n"):
		return Entry{}, violation("the unique id of message %d holds a blank or a line end", number)
	}
	return Entry{Number: number, UID: string(uid)}, nil
}

// readEntries reads the lines of a listing, at most limit of them, and puts
// them in the order of their numbers.
func readEntries(in *bufio.Reader, limit int, parse func([]byte) (Entry, error)) ([]Entry, error) {
	var entries []Entry
	err := readLines(in, maxListing, func(line []byte) error {
		entry, err := parse(line)
		if err != nil {
			return err
		}
		if entries = append(entries, entry); len(entries) > limit {
			return violation("the listing has more than %d messages", limit)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return entries, inOrder(entries)
}

// inOrder sorts entries by number, and refuses two of one number.
func inOrder(entries []Entry) error {
	byNumber := func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) }
	if !slices.IsSortedFunc(entries, byNumber) {
		slices.SortFunc(entries, byNumber)
	}
	for i := 1; i < len(entries); i++ {
		if entries[i].Number == entries[i-1].Number {
			return violation("the listing has message %d twice", entries[i].Number)
		}
	}
	return nil
}
