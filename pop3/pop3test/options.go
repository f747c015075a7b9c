package pop3test

import (
	"crypto/tls"
	"time"
)

// TLSMode says how a connection is encrypted.
type TLSMode int

// The ways to encrypt.
const (
	NoTLS       TLSMode = iota
	ImplicitTLS         // TLS from the first byte (RFC 8314)
	STLS                // TLS on the client's demand (RFC 2595); login without it is allowed
)

// Options say what kind of server it is. The zero value is a plain server with
// UIDL and TOP and without pipelining.
type Options struct {
	// Addr is where to listen; empty is a free port of 127.0.0.1.
	Addr string
	// TLS says how connections are encrypted.
	TLS TLSMode
	// Certificate is shown in the handshake. Nil is a self-signed one for
	// 127.0.0.1, ::1 and localhost, made at the start.
	Certificate *tls.Certificate
	// MaxTLS is the newest version of TLS that is spoken, such as
	// tls.VersionTLS10; 0 is the newest there is.
	MaxTLS uint16
	// CipherSuites are all that it knows up to TLS 1.2; nil are those of Go.
	CipherSuites []uint16

	// Pipelining has CAPA announce PIPELINING. Commands sent ahead are
	// answered in their order in any case.
	Pipelining bool
	// LosesAhead has the server lose commands that were sent together with the
	// one it answers, as one does that announces PIPELINING and can't do it.
	LosesAhead bool
	// LosesAtLogin has it lose what was sent ahead of PASS's answer, as one
	// does that hands the connection to another process then.
	LosesAtLogin bool
	// NoUIDL, NoTOP and NoCAPA make the command unknown.
	NoUIDL, NoTOP, NoCAPA bool
	// NoUSER leaves USER out of CAPA, and makes USER and PASS unknown.
	NoUSER bool
	// SASL are the mechanisms that CAPA announces and AUTH takes (RFC 5034):
	// "PLAIN", "LOGIN" and "XOAUTH2" work, others are announced alone.
	SASL []string
	// NoInitialResponse refuses an AUTH that holds more than the mechanism.
	NoInitialResponse bool
	// Token tells whether a token opens the user's mailbox; nil takes those of
	// AddToken. It may be asked by several sessions at once.
	Token func(user, token string) bool
	// BareRefusal has XOAUTH2 refuse a token with -ERR at once, and not with a
	// challenge in JSON, which the client has to answer by an empty line.
	BareRefusal bool
	// NeedsEmptyLine cuts the connection where anything else follows it.
	NeedsEmptyLine bool
	// APOP puts a timestamp into the greeting and takes APOP.
	APOP bool
	// Expire is the argument of CAPA's EXPIRE, such as "NEVER" or "60"; empty
	// announces none. With "0", QUIT removes what was retrieved (RFC 2449, section 6.7).
	Expire string
	// LoginDelay is announced, in whole seconds, and enforced per mailbox: an
	// earlier login gets [LOGIN-DELAY] (RFC 2449, section 6.5).
	LoginDelay time.Duration
	// ExtraCapabilities are further lines of CAPA.
	ExtraCapabilities []string
	// Greeting replaces the first line, of which it is all but the CRLF. One
	// that doesn't begin with "+OK" ends the connection.
	Greeting string
	// StuffBareLF has a dot after a LF without CR doubled as well. Servers
	// differ: one that doesn't sends "\n.\n" within a message as it is.
	StuffBareLF bool
	// LockMailbox gives a mailbox to one session at a time; another login gets
	// [IN-USE].
	LockMailbox bool

	// Delay is how long what a client sends is on its way, which makes a
	// command wait for a round trip, and many commands sent together for one.
	Delay time.Duration
	// Now is the clock; nil is time.Now. Delays and trickling don't use it.
	Now func() time.Time
	// Fault is asked at each step of each session what should go wrong. It is
	// called by one session at a time, and may change mailboxes.
	Fault func(Event) Fault
}
