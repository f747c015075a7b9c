package state

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// visible passes JSON on with escapes for what a terminal might obey: a
// Message-ID or a reason may hold it, and JSON lets DEL, the C1 controls and
// writing directions stand as they are. A Write is of whole lines.
type visible struct{ w io.Writer }

func (v visible) Write(p []byte) (int, error) {
	hidden := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	text := string(p)
	if !strings.ContainsFunc(text, hidden) {
		return v.w.Write(p)
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	if _, err := io.WriteString(v.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}
