package gmailtest

import (
	"bufio"
	"bytes"
	"io"
	"net/mail"
	"strings"
	"time"
)

// field is a header field: the name as written, the body unfolded, with
// neither decoded.
type field struct{ name, body string }

// parseHeader reads the header fields of a message, RFC 5322 section 2.2,
// and takes whatever comes: lines end with LF, with or without CR; a bare CR,
// NUL or 8-bit octet is part of the text; a line without a colon is skipped.
// An mbox "From " line in front is skipped. A byte order mark in front is
// part of the first field's name, which makes it another field.
func parseHeader(raw []byte) []field {
	var fields []field
	r := bufio.NewReader(bytes.NewReader(raw))
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		switch name, body, ok := strings.Cut(line, ":"); {
		case line == "":
			return fields
		case first && strings.HasPrefix(line, "From "):
		case line[0] == ' ' || line[0] == '\t':
			if len(fields) > 0 {
				fields[len(fields)-1].body += line
			}
		case ok:
			fields = append(fields, field{strings.TrimRight(name, " \t"), body})
		}
		if err == io.EOF {
			return fields
		}
	}
}

// values gives the bodies of the fields with this name.
func values(fields []field, name string) []string {
	var all []string
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			all = append(all, strings.TrimSpace(f.body))
		}
	}
	return all
}

// messageID gives the identifier in the first Message-ID field with its angle
// brackets, the first word where it has none, "" where there is no field.
func messageID(fields []field) string {
	ids := values(fields, "Message-ID")
	if len(ids) == 0 {
		return ""
	}
	if i := strings.IndexByte(ids[0], '<'); i >= 0 {
		if j := strings.IndexByte(ids[0][i:], '>'); j > 0 {
			return ids[0][i : i+j+1]
		}
	}
	word, _, _ := strings.Cut(ids[0], " ")
	return word
}

// checkFrom refuses what Gmail refuses of the From field.
func checkFrom(fields []field) error {
	from := values(fields, "From")
	if len(from) != 1 {
		return badRequest("Expected a single 'From' header")
	}
	if !hasAddress(from[0]) {
		return badRequest("Invalid From header")
	}
	return nil
}

// hasAddress says whether some local-part@domain is in a From field, in angle
// brackets where it has any. How strict Gmail is beyond that isn't known.
func hasAddress(from string) bool {
	if i := strings.LastIndexByte(from, '<'); i >= 0 {
		inside, _, closed := strings.Cut(from[i+1:], ">")
		return closed && isAddress(inside)
	}
	for part := range strings.FieldsFuncSeq(from, func(r rune) bool { return strings.ContainsRune(" \t,;()", r) }) {
		if isAddress(part) {
			return true
		}
	}
	return false
}

func isAddress(s string) bool {
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsAny(s[at:], " \t")
}

// internalDate is the moment by which Gmail sorts a message: that of the Date
// field where it is asked for, can be read, and isn't more than a day ahead;
// else that of the arrival.
func internalDate(fields []field, fromHeader bool, now time.Time) time.Time {
	dates := values(fields, "Date")
	if !fromHeader || len(dates) == 0 {
		return now
	}
	t, err := mail.ParseDate(dates[0])
	if err != nil || t.After(now.Add(24*time.Hour)) {
		return now
	}
	return t
}
