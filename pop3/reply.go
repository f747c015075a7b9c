package pop3

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
)

// reply is a status line (RFC 1939, section 3; RFC 2449, section 8).
type reply struct {
	ok bool
	// more tells that it is a challenge: the server wants an answer before
	// it says +OK or -ERR (RFC 5034, section 4).
	more bool
	// code is the response code of an -ERR, in capitals; empty without one.
	code string
	// text is what follows the status indicator and the code; of a challenge,
	// what it encodes.
	text string
}

// responseCode is what RFC 2449, section 8, allows and servers send, directly
// after "-ERR" as well.
var responseCode = regexp.MustCompile(`^\[([A-Za-z0-9][A-Za-z0-9/_.-]*)\][ \t]*`)

// errNotPOP3 says that a status line has neither indicator.
var errNotPOP3 = errors.New("the answer is neither +OK nor -ERR")

// parseReply reads a status line without its CRLF. Seen in practice, and
// understood: "-err", "-ERR[AUTH]" and "+OK<TAB>".
func parseReply(line string) (reply, error) {
	rest, ok := cutIndicator(line, "+OK")
	if ok && (rest == "" || isBlank(rest[0])) {
		return reply{ok: true, text: strings.Trim(rest, " \t")}, nil
	}
	rest, ok = cutIndicator(line, "-ERR")
	if !ok || rest != "" && !isBlank(rest[0]) && rest[0] != '[' {
		return reply{}, &Error{Kind: Protocol, Err: errNotPOP3, Reply: line}
	}
	r := reply{text: strings.Trim(rest, " \t")}
	if m := responseCode.FindStringSubmatch(r.text); m != nil {
		r.code, r.text = strings.ToUpper(m[1]), r.text[len(m[0]):]
	}
	return r, nil
}

// cutIndicator cuts a status indicator off a line, in whatever case it is.
func cutIndicator(line, indicator string) (rest string, ok bool) {
	n := len(indicator)
	if len(line) < n || !strings.EqualFold(line[:n], indicator) {
		return line, false
	}
	return line[n:], true
}

// parseChallenge reads a challenge without its CRLF. Seen in practice, and
// understood: a bare "+", and texts that aren't in base64.
func parseChallenge(line string) (reply, bool) {
	rest, ok := strings.CutPrefix(line, "+")
	if !ok || rest != "" && !isBlank(rest[0]) {
		return reply{}, false
	}
	text := strings.Trim(rest, " \t")
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		text = string(decoded)
	}
	return reply{more: true, text: text}, true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// canonical is the reply as go-pop3 understands it, which knows no
// challenges.
func (r reply) canonical() []byte {
	if r.more {
		return []byte("+OK\r\n")
	}
	if r.ok {
		return []byte("+OK " + r.text + "\r\n")
	}
	return []byte("-ERR " + r.text + "\r\n")
}
