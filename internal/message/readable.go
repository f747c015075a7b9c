package message

import (
	"strings"
	"unicode"
)

// readableMax bounds a field that is shown, in runes.
const readableMax = 200

// readable makes a field's value fit to be shown: encoded words are decoded
// where their charset is known and stay as they are where it isn't, runs of
// blanks become one, and nothing is left that a terminal would obey.
func readable(value string) string {
	if decoded, err := words.DecodeHeader(value); err == nil {
		value = decoded
	}
	value = strings.Join(strings.Fields(value), " ")
	runes := []rune(strings.Map(printable, strings.ToValidUTF8(value, "\uFFFD")))
	if len(runes) > readableMax {
		runes = append(runes[:readableMax-1], '…')
	}
	return string(runes)
}

// printable replaces control characters, so that they are seen, and drops
// format characters: they include the overrides of the writing direction.
func printable(r rune) rune {
	switch {
	case unicode.IsPrint(r):
		return r
	case unicode.Is(unicode.Cf, r):
		return -1
	default:
		return unicode.ReplacementChar
	}
}
