package pop3

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// printable escapes what isn't printable, and cuts after maxReplyText
// characters.
func printable(text string) string {
	var b strings.Builder
	for shown := 0; text != ""; shown++ {
		if shown == maxReplyText {
			b.WriteString("…")
			break
		}
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[n:]
	}
	return b.String()
}
