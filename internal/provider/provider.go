// Package provider knows the POP3 servers of mail addresses: those of a table
// of providers, and what a domain or Mozilla's database says of others.
package provider

import (
	"errors"
	"strings"
)

// Settings are how a provider's mailboxes are reached by POP3.
type Settings struct {
	// Provider is its name for people.
	Provider string
	// Host is empty where each customer has another one; Note tells then where
	// it is written.
	Host string
	Port int
	// TLS is "implicit" or "starttls".
	TLS string
	// User is the name to log in with, with the placeholders of Mozilla's
	// autoconfig: %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN%. It is empty
	// where the provider gives a name of its own.
	User string
	// OAuth2 tells that a password doesn't do.
	OAuth2 bool
	// OwnDomains tells that customers have addresses at domains of their own,
	// which ByName and an MX find, and Known doesn't.
	OwnDomains bool
	// None is why there is no POP3 server, in a sentence, or empty. Where it is
	// set, Host, Port, TLS and User are not.
	None string
	// Note is what to do at the provider before, in a sentence or two, or empty.
	Note string
	// Origin is where it was found: "the table of providers", or a URL.
	Origin string
	// Secure tells that nobody on the way could have changed what was found.
	// Where it is false, no password may go to Host by itself.
	Secure bool
}

// UserOf is the name to log in with for an address, or empty.
func (s Settings) UserOf(address string) string { return expand(s.User, address) }

// ErrUnknown is for a domain of which nobody says anything.
var ErrUnknown = errors.New("no settings are known")

// expand puts an address into the placeholders of a text. The domain begins
// after the last @, since a quoted local part may hold others (RFC 5322 3.4.1).
func expand(text, address string) string {
	local, domain, _ := cutAddress(address)
	return strings.NewReplacer(emailAddress, address, emailLocalPart, local, emailDomain, domain).Replace(text)
}

// The placeholders of Mozilla's autoconfig.
// https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat
const (
	emailAddress   = "%EMAILADDRESS%"
	emailLocalPart = "%EMAILLOCALPART%"
	emailDomain    = "%EMAILDOMAIN%"
)

func cutAddress(address string) (local, domain string, ok bool) {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return address, "", false
	}
	return address[:at], address[at+1:], at > 0 && at < len(address)-1
}
