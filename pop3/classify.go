package pop3

import (
	"errors"
	"regexp"
	"strings"
)

// errRefused is the cause of an *Error that an -ERR brought about.
var errRefused = errors.New("refused by the server")

// kindOfCode is what a response code means (RFC 2449, section 8.1; RFC 3206,
// section 4), or otherwise without one that says more. Codes are
// hierarchical: an unknown one below a known one means the same.
func kindOfCode(code string, otherwise Kind) Kind {
	for _, known := range []struct {
		code string
		kind Kind
	}{
		{"IN-USE", Locked},
		{"LOGIN-DELAY", Locked},
		{"SYS/TEMP", Temporary},
		{"SYS/PERM", Permanent},
	} {
		if strings.HasPrefix(code+"/", known.code+"/") {
			return known.kind
		}
	}
	return otherwise
}

// What servers without response codes say to PASS when the password is not
// at fault. "Blocked" is not "locked".
var (
	speaksOfLock = regexp.MustCompile(`(?i)(^|[^bc])lock|in[ -]use|busy|another\b.*\bsession`)
	speaksOfTime = regexp.MustCompile(`(?i)temporar|try again|\blater\b|unavailable`)
)

// isAuthCode tells whether a response code says that user or password is at
// fault (RFC 3206, section 5).
func isAuthCode(code string) bool { return strings.HasPrefix(code+"/", "AUTH/") }

// loginKind is what an -ERR to a login means.
func loginKind(r reply) Kind {
	switch {
	case r.code != "":
		return kindOfCode(r.code, Auth)
	case speaksOfLock.MatchString(r.text):
		return Locked
	case speaksOfTime.MatchString(r.text):
		return Temporary
	default:
		return Auth
	}
}

// refusal makes an -ERR an error.
func (s *Session) refusal(op string, r reply, kind Kind) *Error {
	return &Error{Kind: kind, Op: op, Code: r.code, Reply: s.printable(r.text), Err: errRefused}
}
