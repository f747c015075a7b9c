package pop3

import "fmt"

// Kind says what a failure means for the caller.
type Kind int

// The kinds of failure.
const (
	// Unreachable: no connection, a time-out, a connection that was cut.
	Unreachable Kind = iota + 1
	// Certificate: TLS failed, or the certificate is not the one expected.
	Certificate
	// Locked: another session has the mailbox, or the server wants a pause
	// ([IN-USE], [LOGIN-DELAY]; RFC 2449, section 8.1).
	Locked
	// Auth: the server refuses user or password ([AUTH]; RFC 3206).
	Auth
	// Temporary: the server says that it fails for now ([SYS/TEMP]; RFC 3206).
	Temporary
	// Permanent: the server says that a person must act ([SYS/PERM]), or it
	// lacks what the configuration asks for.
	Permanent
	// Protocol: the server's answer is not POP3, or is beyond a limit.
	Protocol
	// Refused: an ordinary -ERR to a command about one message.
	Refused
)

// Error is a failure of a POP3 session. Its text never holds a password or
// message data, and of the server's words only printable characters.
type Error struct {
	Kind Kind
	// Op is what was being done: "connect to mail.example.org:995", "UIDL".
	Op string
	// Code is the response code without its brackets, in capitals, where the
	// server gave one (RFC 2449, section 8).
	Code string
	// Reply is the server's text, made printable, where there was a reply.
	Reply string
	// Mechanisms are the SASL mechanisms that CAPA offers, where a login
	// failed.
	Mechanisms []string
	// Err is the cause, where there is one.
	Err error
}

// Error describes the failure in one line.
func (e *Error) Error() string {
	switch {
	case e.Reply != "" && e.Err != nil:
		return fmt.Sprintf(`%s: %v: server said "%s"`, e.Op, e.Err, e.Reply)
	case e.Reply != "":
		return fmt.Sprintf(`%s: server said "%s"`, e.Op, e.Reply)
	default:
		return fmt.Sprintf("%s: %v", e.Op, e.Err)
	}
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
