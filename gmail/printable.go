package gmail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxReason is how many octets of a server's words are kept.
const maxReason = 300

// printable makes a server's words fit for a terminal and a log: one line of
// printable characters, not too long.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxReason {
		return s
	}
	cut := maxReason
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
