package state

import (
	"fmt"
	"strconv"
	"strings"
)

// EscapeUID makes any UID printable: printable ASCII except the backslash
// stays as it is, every other octet is written \xNN in lower-case hexadecimal.
func EscapeUID(uid string) string {
	var b strings.Builder
	for _, c := range []byte(uid) {
		if plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String()
}

// plain tells whether an octet stands for itself. Space does, though no UID
// has one (RFC 1939 section 7).
func plain(c byte) bool { return ' ' <= c && c <= '~' && c != '\\' }

// UnescapeUID is the inverse of EscapeUID. It also takes upper-case digits
// and escapes that were not needed, and refuses everything else that
// EscapeUID does not write.
func UnescapeUID(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case plain(c):
			b.WriteByte(c)
		case c != '\\':
			return "", fmt.Errorf("UID has octet %#02x unescaped at offset %d", c, i)
		default:
			octet, err := unescape(s[i:])
			if err != nil {
				return "", fmt.Errorf("UID has a bad escape at offset %d: %w", i, err)
			}
			b.WriteByte(octet)
			i += 3
		}
	}
	return b.String(), nil
}

// unescape reads the \xNN that s begins with.
func unescape(s string) (byte, error) {
	if len(s) < 4 || s[1] != 'x' {
		return 0, fmt.Errorf(`%q is not \x and two hexadecimal digits`, s[:min(len(s), 4)])
	}
	n, err := strconv.ParseUint(s[2:4], 16, 8)
	return byte(n), err
}
