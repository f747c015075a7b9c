package dovecottest

import (
	"fmt"
	"strings"
)

// Options say how the server is set up. The zero value serves nobody.
type Options struct {
	// Users maps user names to passwords. A user name is a single path
	// element: no "/" and no control characters.
	Users map[string]string
	// LockSession gives a mailbox to one session at a time. Dovecot answers
	// the second login only after some ten seconds, with [IN-USE].
	LockSession bool
	// APOP offers APOP, with its timestamp in the greeting (RFC 1939, section 7).
	APOP bool
	// OAuth takes access tokens by XOAUTH2: those of Server.Token.
	OAuth bool
	// UIDLFormat is pop3_uidl_format; empty leaves Dovecot's own, which is
	// made of the IMAP UID and its validity.
	UIDLFormat string
	// Extra is appended to the configuration as it is.
	Extra string
}

// validate refuses what would end up as another setting or another folder.
func (o Options) validate() error {
	for user := range o.Users {
		if user == "" || user == "." || user == ".." || strings.ContainsFunc(user, unfit) {
			return fmt.Errorf("dovecottest: user name %q can't name a folder", user)
		}
	}
	return nil
}

func unfit(r rune) bool { return r <= ' ' || r == 0x7f || r == '/' || r == ':' }
