package pop3

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
)

// ErrOldTLS is what an *Error of the kind Certificate wraps where the server
// is too old for Options.MinVersion, in its version of TLS or its cipher
// suites.
var ErrOldTLS = errors.New("the server's TLS is too old")

// outdated is a handshake that failed since the server is too old.
type outdated struct {
	says  string
	cause error
}

func (o *outdated) Error() string   { return o.says }
func (o *outdated) Unwrap() []error { return []error{ErrOldTLS, o.cause} }

// The alerts of a server that has nothing in common with the client (RFC
// 5246, section 7.2.2).
const (
	alertHandshakeFailure = tls.AlertError(40)
	alertProtocolVersion  = tls.AlertError(70)
	alertTooWeak          = tls.AlertError(71) // insufficient_security
)

// asOutdated makes a failed handshake an *outdated where that is the reason,
// else nil. A server that has old versions alone may name its own, or send an
// alert; one that has old cipher suites alone sends an alert. Package tls says
// so in texts only.
func asOutdated(err error, wanted uint16) error {
	least := tls.VersionName(wanted)
	var version uint16
	if _, scanErr := fmt.Sscanf(err.Error(), "tls: server selected unsupported protocol version %x", &version); scanErr == nil {
		return &outdated{fmt.Sprintf("the server speaks %s only; at least %s is wanted", tls.VersionName(version), least), err}
	}
	alert, ok := errors.AsType[*net.OpError](err)
	if !ok || alert.Op != "remote error" {
		return nil
	}
	switch said := alert.Err.Error(); {
	case said == alertProtocolVersion.Error():
		return &outdated{fmt.Sprintf("the server speaks older versions of TLS only; at least %s is wanted", least), err}
	case wanted < tls.VersionTLS12:
		return nil // the old suites were offered
	case said == alertHandshakeFailure.Error(), said == alertTooWeak.Error():
		return &outdated{fmt.Sprintf("the server has no cipher suite of today's, as old ones have not; at least %s is wanted", least), err}
	}
	return nil
}
