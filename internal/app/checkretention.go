package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/pop3"
)

// retention holds what is to stay on the provider against what its server
// says of itself.
func (c *accountCheck) retention(ctx context.Context) bool {
	caps := c.session.Capabilities()
	if f := indistinct(c.account, caps, c.listing); f != nil {
		c.sheet.fail(onRetention, f)
		return false
	}
	all := slices.Concat(expiry(c.account, caps.Expire), loginDelay(caps.LoginDelay))
	overview, err := bridge.Survey(ctx, c.ledger, c.account.Name, c.policy(c.account), c.Now())
	switch {
	case err != nil:
		c.sheet.fail(onRetention, c.failure(err))
		return false
	case overview.Stuck:
		all = append(all, advice{"adopted and refused messages alone exceed keep_messages or keep_size", fmt.Sprintf(
			"popbridge retry %[1]s UID, or popbridge drop %[1]s UID; UIDs: popbridge run --dry-run %[1]s", c.account.Name)})
	}
	c.report(onRetention, keeping(c.account)+proof(c.account, caps, c.listing), all)
	return true
}

// deletes tells whether anything of an account is ever deleted.
func deletes(a config.POP3) bool {
	return !a.Retention.Never() || a.KeepMessages > 0 || a.KeepSize > 0
}

// keeping tells how long mail stays.
func keeping(a config.POP3) string {
	text := "mail stays " + period(a.Retention.After) + " after its import"
	switch {
	case !deletes(a):
		return "nothing is deleted"
	case a.Retention.Never():
		text = "mail stays"
	case a.Retention.After == 0:
		text = "mail goes after its import"
	}
	if a.KeepMessages > 0 {
		text += ", beyond " + counted(a.KeepMessages, "message") + " the oldest go earlier"
	}
	if a.KeepSize > 0 {
		text += ", beyond " + octets(a.KeepSize) + " the oldest go earlier"
	}
	return text
}

// period is a duration in days, where it is one of days, else as in 1h30m.
func period(d time.Duration) string {
	text := d.String()
	switch {
	case d%(24*time.Hour) == 0:
		return days(d)
	case d%time.Hour == 0:
		return strings.TrimSuffix(text, "0m0s")
	case d%time.Minute == 0:
		return strings.TrimSuffix(text, "0s")
	}
	return text
}

// proof tells what a server without TOP or UIDL costs.
func proof(a config.POP3, caps pop3.Capabilities, l pop3.Listing) string {
	switch {
	case !l.HasUIDL && len(l.Entries) > 0:
		return "; without UIDL messages are told apart by their headers"
	case caps.Offered && !caps.TOP && deletes(a):
		return "; without TOP each message is fetched again before it is deleted"
	default:
		return ""
	}
}

// indistinct is the failure of a server whose messages can't be told apart.
// One that says nothing of TOP may have it.
func indistinct(a config.POP3, caps pop3.Capabilities, l pop3.Listing) *bridge.Failure {
	if l.HasUIDL || !caps.Offered || caps.TOP || !a.Retention.Never() && a.Retention.After == 0 {
		return nil
	}
	return &bridge.Failure{Class: bridge.Misconfigured,
		Err:  errors.New("the server has neither UIDL nor TOP, so its messages can't be told apart"),
		Hint: fmt.Sprintf("set retention = \"0\" for account %s, if no other device needs its mail", a.Name)}
}

// expiry compares the server's own retention (RFC 2449, section 6.7).
func expiry(a config.POP3, e pop3.Expiry) []advice {
	own := time.Duration(e.Days) * 24 * time.Hour
	switch {
	case !e.Stated || e.Never || !a.Retention.Never() && a.Retention.After <= own:
		return nil
	case e.DeletesRetrieved():
		return []advice{{"the server deletes what was fetched (EXPIRE 0); popbridge leaves without QUIT to keep it, other programs may not",
			fmt.Sprintf("if mail needn't stay there, set retention = \"0\" for account %s; or ask the provider to keep it", a.Name)}}
	default:
		return []advice{{"the server deletes mail by itself after " + days(own) + " (EXPIRE)",
			fmt.Sprintf("set retention = \"%dd\" or less for account %s, or ask the provider to keep it longer", e.Days, a.Name)}}
	}
}

// cronEvery is how often cron usually runs popbridge.
const cronEvery = 5 * time.Minute

// loginDelay warns of a server that wants fewer logins than cron does (RFC
// 2449, section 6.5).
func loginDelay(delay time.Duration) []advice {
	if delay <= cronEvery {
		return nil
	}
	minutes := int((delay + time.Minute - 1) / time.Minute)
	return []advice{{fmt.Sprintf("the server wants %s between logins, more than cron's usual %s", period(delay), period(cronEvery)),
		fmt.Sprintf("let cron run popbridge every %d minutes at most", minutes)}}
}
