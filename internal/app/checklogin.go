package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/pop3"
)

// login opens the mailbox. It sends one command at a time, lest it stumble
// over a server that loses others, which a run finds out by itself.
func (c *accountCheck) login(ctx context.Context) bool {
	if c.hindered[c.account.Name] {
		return false
	}
	s, err := c.opener(c.account)(ctx, false)
	if err != nil {
		c.sheet.fail(onLogin, c.shut(err))
		return false
	}
	c.session = s
	method := ""
	if m, ok := s.(interface{ LoginMethod() string }); ok {
		method = m.LoginMethod()
	}
	facts := "as " + c.account.User
	if method != "" {
		facts += " by " + method
	}
	c.report(onLogin, facts, c.weakLogin(method))
	return true
}

// weakLogin warns of APOP.
func (c *accountCheck) weakLogin(method string) []advice {
	if method != "APOP" {
		return nil
	}
	if c.account.TLS == "none" {
		return []advice{{"APOP hides the password by MD5 alone, and the mail not at all",
			fmt.Sprintf("set tls = \"implicit\" or tls = \"starttls\" for account %s, if the provider has that", c.account.Name)}}
	}
	return []advice{{"APOP is MD5, and makes the provider keep the password itself; TLS hides it better",
		fmt.Sprintf("set auth = \"plain\" for account %s, if the server takes that", c.account.Name)}}
}

// shut says why a mailbox can't be opened.
func (c *accountCheck) shut(err error) *bridge.Failure {
	f := c.failure(err)
	var pe *pop3.Error
	again := "popbridge check " + c.account.Name
	switch {
	case !errors.As(err, &pe):
	case pe.Kind == pop3.Locked && pe.Code == "LOGIN-DELAY":
		f.Err = fmt.Errorf("the server wants a pause between logins: %w", pe)
		f.Hint = "try later: " + again
	case pe.Kind == pop3.Locked:
		f.Err = fmt.Errorf("locked by another device, or by a run; try later: %w", pe)
		f.Hint = "try later: " + again + "; if it lasts, end the other program, or ask the provider"
	case pe.Kind == pop3.Auth:
		f.Err = fmt.Errorf("%s: %w", c.account.User, pe)
	}
	return f
}

// capabilities tells what the server says it can do.
func (c *accountCheck) capabilities(context.Context) bool {
	caps := c.session.Capabilities()
	if !caps.Offered {
		c.fine(onCapabilities, "the server doesn't say (it has no CAPA)")
		return true
	}
	var has []string
	for _, one := range []struct {
		has  bool
		name string
	}{
		{caps.UIDL, "UIDL"}, {caps.TOP, "TOP"}, {caps.Pipelining, "PIPELINING"}, {len(caps.SASL) > 0, "SASL " + strings.Join(caps.SASL, " ")},
		{caps.Expire.Stated && caps.Expire.Never, "EXPIRE NEVER"},
		{caps.Expire.Stated && !caps.Expire.Never, fmt.Sprintf("EXPIRE %d", caps.Expire.Days)},
		{caps.LoginDelay > 0, fmt.Sprintf("LOGIN-DELAY %.0f", caps.LoginDelay.Seconds())},
	} {
		if one.has {
			has = append(has, one.name)
		}
	}
	if len(has) == 0 {
		has = []string{"none that are of use"}
	}
	c.fine(onCapabilities, strings.Join(has, ", "))
	return true
}

// list asks for what is in the mailbox, and leaves it.
func (c *accountCheck) list(ctx context.Context) bool {
	l, err := c.session.List(ctx)
	if err != nil {
		c.sheet.fail(onListing, c.shut(err))
		return false
	}
	c.listing = l
	if err := c.session.Quit(ctx); err != nil {
		c.log.Debug("quit", "account", c.account.Name, "error", err) // nothing hangs on it
	}
	facts := counted(len(l.Entries), "message") + ", " + octets(l.Octets)
	var all []advice
	st := standing{config: c.account}
	st.known.Listed, st.known.Octets = len(l.Entries), l.Octets
	if share, known := st.occupancy(); known {
		facts += fmt.Sprintf(", %.0f %% full", 100*share)
		if share >= nearlyFull {
			all = append(all, advice{"nearly full", fmt.Sprintf("shorten retention, or set keep_messages or keep_size for account %s", c.account.Name)})
		}
	}
	if l.Flaw != "" {
		all = append(all, advice{"the listing contradicts itself: " + l.Flaw,
			"until it has done so for a day, nothing is deleted; if it lasts, ask the provider"})
	}
	c.report(onListing, facts, all)
	return true
}
