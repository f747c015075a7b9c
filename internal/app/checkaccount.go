package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/pop3"
)

// accountCheck is the check of one account.
type accountCheck struct {
	*checkup
	sheet
	account config.POP3
	// addresses are those of the host.
	addresses []netip.Addr
	session   bridge.Session
	listing   pop3.Listing
}

func (k *checkup) checkAccount(ctx context.Context, a config.POP3) *sheet {
	c := &accountCheck{checkup: k, sheet: sheet{subject: a.Name}, account: a}
	c.inTurn(ctx, checkStep{onName, c.name}, checkStep{onTLS, c.tls}, checkStep{onLogin, c.login},
		checkStep{onCapabilities, c.capabilities}, checkStep{onListing, c.list}, checkStep{onRetention, c.retention})
	if c.session != nil {
		_ = c.session.Abort() // it is over, or has marked nothing
	}
	return &c.sheet
}

// failure is what a run would take an error for, without the error's account
// of where it happened: the line tells.
func (c *accountCheck) failure(err error) *bridge.Failure {
	f := bridge.Classify(err, c.account.Name, c.account.To)
	f.Hint = strings.ReplaceAll(f.Hint, "popbridge run ", "popbridge check ")
	var pe *pop3.Error
	if errors.As(err, &pe) {
		f.Err = pe
	}
	return f
}

// name asks for the addresses of the host.
func (c *accountCheck) name(ctx context.Context) bool {
	host := c.account.Host
	if a, err := netip.ParseAddr(host); err == nil {
		c.addresses = []netip.Addr{a.Unmap()}
		c.fine(onName, host+" is an address")
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, c.account.Timeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		c.sheet.fail(onName, unresolved(c.account, err))
		return false
	}
	var texts []string
	for _, a := range found {
		c.addresses = append(c.addresses, a.Unmap())
		texts = append(texts, a.Unmap().String())
	}
	c.fine(onName, host+" is "+strings.Join(texts, ", "))
	return true
}

// unresolved tells a name that nobody has from a resolver that is silent.
func unresolved(a config.POP3, err error) *bridge.Failure {
	f := &bridge.Failure{Class: bridge.Unavailable}
	var de *net.DNSError
	if errors.As(err, &de) && de.IsNotFound {
		f.Err = fmt.Errorf("there is no host %s", a.Host)
		f.Hint = "correct host of account " + a.Name
		return f
	}
	f.Err = fmt.Errorf("the resolver doesn't answer: %w", err)
	f.Hint = "check this machine's network and its resolver (on Unix in /etc/resolv.conf)"
	return f
}

// errEnough ends a session that only the encryption was wanted of.
var errEnough = errors.New("that is all there is to see")

// probe connects to the account's server and encrypts, as a run does. Nobody
// logs in: neither user nor password is sent.
func (c *accountCheck) probe(ctx context.Context, a config.POP3) (seen tls.ConnectionState, err error) {
	w := c.wire(c.config, nothingRecorded{}, nothingRecorded{})
	w.encrypted = func(state tls.ConnectionState) error {
		seen = state
		return errEnough
	}
	// The password is not asked for here: the step that needs it does.
	a.Auth, a.Password = string(pop3.AuthAuto), config.PasswordSource{Inline: config.NewSecret("-")}
	s, err := w.opener(a)(ctx, false)
	switch {
	case errors.Is(err, errEnough):
		return seen, nil
	case err == nil:
		return seen, errors.Join(errors.New("the connection isn't encrypted"), s.Abort())
	}
	return seen, err
}
