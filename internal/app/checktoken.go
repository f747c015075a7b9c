package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
)

// targetCheck is the check of one destination.
type targetCheck struct {
	*checkup
	sheet
	target target
	grant  gmail.Grant
	client bridge.Importer
}

func (k *checkup) checkTarget(ctx context.Context, t target) *sheet {
	c := &targetCheck{checkup: k, sheet: sheet{subject: t.Name}, target: t}
	c.inTurn(ctx, checkStep{onToken, c.token}, checkStep{onScopes, c.scopes}, checkStep{onAddress, c.address},
		checkStep{onLabels, c.labels}, checkStep{onQuota, c.quotas})
	return &c.sheet
}

// failure is what a run would take an error for.
func (c *targetCheck) failure(err error) *bridge.Failure {
	f := bridge.Classify(err, "", c.target.Name)
	f.Hint = strings.ReplaceAll(f.Hint, "popbridge run ", "popbridge check "+c.target.Name)
	switch {
	case strings.HasPrefix(f.Hint, "enable the Gmail API"):
		f.Hint = enableHint(f.Error())
	case f.Class == bridge.Unavailable: // a run's hint would lead here
		f.Hint = "it passes by itself; if it lasts, check this machine's network, and see https://www.google.com/appsstatus/dashboard/"
	}
	return f
}

// project finds the number of a Google Cloud project in Gmail's words.
var project = regexp.MustCompile(`\bproject[ =](\d+)\b`)

// enableHint names the page where the Gmail API is enabled.
func enableHint(reason string) string {
	page := "https://console.cloud.google.com/apis/library/gmail.googleapis.com"
	if m := project.FindStringSubmatch(reason); m != nil {
		page += "?project=" + m[1]
	}
	return "enable the Gmail API at " + page + ", and wait a few minutes"
}

// timeout is the longest that an answer is waited for.
func (c *targetCheck) timeout() time.Duration {
	return cmp.Or(c.gmailTimeout(c.target.Name), time.Minute)
}

// token has the token renewed, whether or not the old one still lives.
func (c *targetCheck) token(ctx context.Context) bool {
	if c.hindered[c.target.Name] {
		return false
	}
	tokens, err := c.tokens(c.target.Gmail)
	if err != nil {
		err = hintedFailure(err, googleFile(c.target.Gmail).hint)
	} else {
		ctx, cancel := context.WithTimeout(ctx, c.timeout())
		defer cancel()
		c.grant, err = gmail.AskGrant(ctx, tokens)
	}
	var ge *gmail.Error
	switch {
	case errors.As(err, &ge) && len(ge.Missing) > 0:
		c.fine(onToken, "there is one")
		c.sheet.fail(onScopes, c.failure(err))
		return false
	case err != nil:
		c.sheet.fail(onToken, c.failure(err))
		return false
	case c.target.ServiceAccount != "":
		c.fine(onToken, "by the service account of "+c.homely(c.target.ServiceAccount))
	default:
		c.report(onToken, c.homely(c.target.Token)+", renewed just now", c.limited())
	}
	return true
}

// inTesting is how long an authorisation lasts while the consent screen is in
// Testing (https://developers.google.com/identity/protocols/oauth2#expiration).
const inTesting = 7 * 24 * time.Hour

// limited warns of an authorisation that ends, where its end is known.
func (c *targetCheck) limited() []advice {
	if c.grant.EndsAt.IsZero() {
		return nil
	}
	left := c.grant.EndsAt.Sub(c.Now())
	hint := "to allow it for longer, type: popbridge login " + c.target.Name
	if left <= inTesting {
		hint = "if the consent screen is in Testing, publish the app at https://console.cloud.google.com/auth/audience; then type: popbridge login " + c.target.Name
	}
	return []advice{{fmt.Sprintf("the authorisation ends on %s (%s left)", c.grant.EndsAt.UTC().Format(day), days(left)), hint}}
}

// scopes tells what was granted; what is missing fails the token.
func (c *targetCheck) scopes(context.Context) bool {
	switch {
	case c.grant.Scope != "":
		c.fine(onScopes, strings.ReplaceAll(c.grant.Scope, "https://www.googleapis.com/auth/", ""))
	case c.target.ServiceAccount != "":
		c.fine(onScopes, "delegated to the service account")
	default:
		c.skip(onScopes, "neither the token nor Google tells them")
	}
	return true
}

func (c *targetCheck) address(context.Context) bool {
	want, got := c.target.Address, c.grant.Address
	switch {
	case gmail.SameMailbox(want, got):
		c.fine(onAddress, got)
	case got != "":
		c.sheet.fail(onAddress, &bridge.Failure{Class: bridge.Person, Err: fmt.Errorf("the token is for %s, not for %s", got, want),
			Hint: fmt.Sprintf("popbridge login %s, and choose %s in the browser; or correct address in the configuration", c.target.Name, want)})
		return false
	case c.target.ServiceAccount != "":
		c.fine(onAddress, "the service account acts for "+want)
	default:
		c.skip(onAddress, "the token server doesn't tell whose the token is")
	}
	return true
}
