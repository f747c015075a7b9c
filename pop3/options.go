package pop3

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// TLSMode says how a connection is encrypted.
type TLSMode string

// The ways to encrypt a connection.
const (
	// TLSImplicit begins with a TLS handshake (RFC 8314; port 995).
	TLSImplicit TLSMode = "implicit"
	// TLSStart asks for TLS with STLS (RFC 2595), and never goes on without.
	TLSStart TLSMode = "starttls"
	// TLSNone leaves the connection as it is.
	TLSNone TLSMode = "none"
)

// AuthMode says how to log in.
type AuthMode string

// The ways to log in.
const (
	// AuthAuto is AuthPlain on an encrypted connection, and on others APOP
	// where the greeting allows it.
	AuthAuto AuthMode = "auto"
	// AuthPlain is USER and PASS, and SASL PLAIN (RFC 4616) or LOGIN with
	// servers that want that instead.
	AuthPlain AuthMode = "plain"
	// AuthAPOP is APOP (RFC 1939, section 7), and nothing else.
	AuthAPOP AuthMode = "apop"
	// AuthXOAUTH2 is SASL XOAUTH2 with an access token
	// (https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth).
	AuthXOAUTH2 AuthMode = "xoauth2"
)

// Options say how to reach and open a mailbox.
type Options struct {
	// Host is a name or an IP address; Port is 995, or 110 without implicit
	// TLS, when it is 0.
	Host string
	Port int
	// TLS is TLSImplicit when it is empty.
	TLS TLSMode
	// MinVersion is the oldest TLS version to accept, TLS 1.2 when it is 0.
	// One below that also lets old cipher suites in.
	MinVersion uint16
	// RootCAs are trusted in place of the system's.
	RootCAs *x509.CertPool
	// Fingerprint is the SHA-256 of the server's certificate in DER. It
	// replaces the checks of chain and name.
	Fingerprint []byte
	// ServerName is the name the certificate has to bear; Host when empty.
	ServerName string
	// AllowPlaintext lets credentials and mail go over an unencrypted
	// connection that leaves this machine.
	AllowPlaintext bool
	// User and Password are sent as they are; they hold no control characters.
	User, Password string
	// Token is the access token of AuthXOAUTH2, which needs no Password. It
	// holds no blanks and no control characters.
	Token string
	// Auth is AuthAuto when it is empty.
	Auth AuthMode
	// Pipelining (RFC 2449, section 6.6) is used where the server offers it.
	Pipelining bool
	// ListAhead has the listing asked for together with the login, where both
	// can go in one round trip. The session's first call must then be List.
	ListAhead bool
	// Timeout is the longest wait for progress; 60 s when it is 0.
	Timeout time.Duration
	// MaxMessage is the largest message to accept, in octets; 160 MiB when 0.
	MaxMessage int64
	// Encrypted is told how the connection is encrypted, once the server is
	// trusted and before anybody logs in. An error of it ends the session, and
	// is wrapped by Dial's. Nil lets all pass.
	Encrypted func(tls.ConnectionState) error
	// Dial makes the connection; a net.Dialer when it is nil.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Logger is told the dialogue at debug level, without secrets and
	// message data. Nil discards it.
	Logger *slog.Logger
}

// withDefaults checks the options and fills in what they leave out.
func (o Options) withDefaults() (Options, error) {
	if o.TLS == "" {
		o.TLS = TLSImplicit
	}
	if o.Auth == "" {
		o.Auth = AuthAuto
	}
	if o.Port == 0 {
		o.Port = 110
		if o.TLS == TLSImplicit {
			o.Port = 995
		}
	}
	if o.MinVersion == 0 {
		o.MinVersion = tls.VersionTLS12
	}
	if o.ServerName == "" {
		o.ServerName = o.Host
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxMessage <= 0 {
		o.MaxMessage = defaultMaxMessage
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return o, &Error{Kind: Permanent, Op: "read the settings", Err: err}
	}
	return o, nil
}

// check refuses what can't work, and what would inject a command: a user name
// with a CRLF in it does.
func (o Options) check() error {
	switch {
	case o.Host == "":
		return errors.New("no host is given")
	case strings.ContainsFunc(o.Host, unicode.IsControl):
		return errors.New("the host holds control characters")
	case o.Port < 1 || o.Port > 65535:
		return fmt.Errorf("there is no port %d", o.Port)
	case o.User == "":
		return errors.New("no user is given")
	case strings.ContainsFunc(o.User, unicode.IsControl):
		return errors.New("the user holds control characters")
	case strings.ContainsFunc(o.Password, unicode.IsControl):
		return errors.New("the password holds control characters")
	case o.TLS != TLSImplicit && o.TLS != TLSStart && o.TLS != TLSNone:
		return fmt.Errorf("there is no TLS mode %q", o.TLS)
	case strings.ContainsFunc(o.Token, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return errors.New("the token holds blanks or control characters")
	case o.Auth == AuthXOAUTH2 && o.Token == "":
		return errors.New("no token is given")
	case !slices.Contains([]AuthMode{AuthAuto, AuthPlain, AuthAPOP, AuthXOAUTH2}, o.Auth):
		return fmt.Errorf("there is no way to log in called %q", o.Auth)
	case len(o.Fingerprint) != 0 && len(o.Fingerprint) != sha256.Size:
		return errors.New("the fingerprint is no SHA-256")
	}
	return nil
}

// address is where to connect to.
func (o Options) address() string {
	return net.JoinHostPort(o.Host, strconv.Itoa(o.Port))
}
