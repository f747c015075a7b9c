package config

import (
	"strconv"
	"strings"
	"unicode"
)

// plain gives text that can be printed on a terminal: as it is, or quoted
// where it holds something unprintable.
func plain(s string) string {
	for _, r := range s {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return strconv.Quote(s)
		}
	}
	return s
}

// quote quotes a value of the file, cut where it is too long for one line.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "")) + "…"
	}
	return strconv.Quote(s)
}

// oneLine makes a short printable line of what another program said.
func oneLine(s string) string {
	const most = 300
	text := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		return ' '
	}, s)
	said := []rune(strings.Join(strings.Fields(text), " "))
	if len(said) > most {
		return string(said[:most]) + "…"
	}
	return string(said)
}

// hasControl tells of characters that end or disturb a line.
func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) {
			return true
		}
	}
	return false
}
