package message

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
)

// dateMax bounds a date with its comments, in octets.
const dateMax = 512

// NewestReceived gives the date, in UTC, that the topmost Received field with
// a readable one ends in (RFC 5322, section 3.6.7), and whether there is one.
// What follows the header's empty line doesn't count.
func NewestReceived(header []byte) (time.Time, bool) {
	h := newHeader()
	if _, ended := h.write(header); !ended {
		h.finish()
	}
	t := h.fields.found.Received
	return t, !t.IsZero()
}

// parseDate reads a date (RFC 5322, sections 3.3 and 4.3) more leniently than
// net/mail does: comments may stand anywhere, the day of the week may be any
// word, and a zone's name may follow its offset. The answer doesn't depend on
// the machine's own zone.
func parseDate(s string) (time.Time, bool) {
	if len(s) > dateMax {
		return time.Time{}, false
	}
	s = withoutComments(s)
	if _, after, ok := strings.Cut(s, ","); ok {
		s = after
	}
	words := strings.Fields(s)
	if len(words) < 2 {
		return time.Time{}, false
	}
	t, err := mail.ParseDate(strings.Join(numericZone(words), " "))
	if err != nil {
		return time.Time{}, false
	}
	// Years that RFC 3339 can't write can't be recorded either.
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false
	}
	return t, !t.IsZero()
}

// withoutComments puts a blank in place of each comment, which may hold others.
func withoutComments(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
			b.WriteByte(' ')
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// numericZone replaces the zone's name at the end of a date by its offset, or
// drops it where the offset precedes it. time.Parse would look names up in the
// machine's own zone.
func numericZone(words []string) []string {
	last := len(words) - 1
	if strings.ContainsFunc(words[last], func(r rune) bool { return !unicode.IsLetter(r) }) {
		return words
	}
	if strings.HasPrefix(words[last-1], "+") || strings.HasPrefix(words[last-1], "-") {
		return words[:last]
	}
	return append(words[:last:last], zoneOffset(words[last]))
}

// zoneOffset knows the names of RFC 5322, section 4.3, and Japan's, seen in
// practice. Any other name counts as UTC, as that section asks.
func zoneOffset(name string) string {
	switch strings.ToUpper(name) {
	case "JST":
		return "+0900"
	case "EDT":
		return "-0400"
	case "EST", "CDT":
		return "-0500"
	case "CST", "MDT":
		return "-0600"
	case "MST", "PDT":
		return "-0700"
	case "PST":
		return "-0800"
	default:
		return "+0000"
	}
}
