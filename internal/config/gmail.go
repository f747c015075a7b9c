package config

import (
	"errors"
	"math"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// Gmail is a destination: one Gmail mailbox.
type Gmail struct {
	// Name is unique across destinations and accounts.
	Name string
	// Address is the mailbox; login refuses another one.
	Address string
	// Client is the file of the OAuth client. Either it or ServiceAccount is
	// set.
	Client string
	// ServiceAccount is the key file of a Workspace service account.
	ServiceAccount string
	// Token is the file of the OAuth token.
	Token string
	// Access is "insert" or "verify".
	Access string
	// UnitsPerMinute is Google's quota; 0 is unlimited.
	UnitsPerMinute int
	// Endpoint is another root of the Gmail API, with a final slash; empty
	// for Google's.
	Endpoint string
	// Line is that of the table in the file.
	Line int
}

// gmail reads a destination; token files lie in stateDir by default.
func (t *table) gmail(stateDir string, names map[string]claim) Gmail {
	g := Gmail{
		Name:           t.label("default", names),
		Address:        t.address(),
		Client:         t.file("client"),
		ServiceAccount: t.file("service_account"),
		Token:          t.file("token"),
		Access:         t.choice("access", "insert", "verify"),
		UnitsPerMinute: t.number("units_per_minute", 6000, 0, math.MaxInt32),
		Endpoint:       parsed(t, "endpoint", "", parseEndpoint),
		Line:           t.r.lines[t.path],
	}
	if !t.has("token") {
		g.Token = filepath.Join(stateDir, "token-"+g.Name+".json")
	}
	switch {
	case t.has("client") && t.has("service_account"):
		t.fail("service_account", "given beside client", "keep one of the two")
	case !t.has("client") && !t.has("service_account"):
		t.fail("client", "missing", "give the OAuth client's file, or service_account")
	}
	return g
}

// address reads a mailbox without a display name (RFC 5322, addr-spec).
func (t *table) address() string {
	t.need("address")
	s, ok := t.printable("address")
	if !ok {
		return ""
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		t.fail("address", quote(s)+" is no mail address", "")
		return ""
	}
	return s
}

// parseEndpoint checks the root of a Gmail API, and ends it in a slash.
func parseEndpoint(s string) (string, error) {
	u, err := parseURL(s, "https://gmail.example.com/")
	if err != nil {
		return "", err
	}
	return u.JoinPath("/").String(), nil
}

// parseURL checks where secrets may be sent to; example is for the error.
func parseURL(s, example string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("write an address, as in " + quote(example))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("must be without user, query and fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("plain http is for loopback only")
	}
	return u, nil
}

// loopback tells whether a host is this machine by its name alone.
func loopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
