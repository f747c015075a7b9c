package app

import (
	"errors"
	"fmt"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/deviceflow"
)

// deviceFailure says what a login that came to nothing means.
func deviceFailure(err error, a config.POP3) error {
	var e *deviceflow.Error
	if !errors.As(err, &e) {
		return bridge.Classify(err, a.Name, a.Name)
	}
	f := &bridge.Failure{Class: bridge.Person, Err: fmt.Errorf("%s: %w", a.Name, err), Hint: oauthHint(a, e)}
	switch e.Kind {
	case deviceflow.Passing:
		f.Class = bridge.Unavailable
	case deviceflow.Unusable:
		f.Class = bridge.Misconfigured
	}
	return f
}

// oauthHint is what mends a refusal. The switches of Microsoft's are named as
// its pages do, after "at Microsoft": other providers have their own.
func oauthHint(a config.POP3, e *deviceflow.Error) string {
	login := "popbridge login " + a.Name
	switch e.Kind {
	case deviceflow.Passing:
		return "check the network, then type: " + login
	case deviceflow.Declined:
		return login + ", and accept in the browser"
	case deviceflow.UnknownClient:
		return fmt.Sprintf("correct client_id and client_secret of account %s in the configuration "+
			"(at Microsoft: the app registration's Application (client) ID, and the value of a secret that has not expired), then type: %s", a.Name, login)
	case deviceflow.NotPublic:
		return "at Microsoft, set \"Allow public client flows\" to Yes in the app registration, under Authentication; " +
			"elsewhere, add client_secret; then type: " + login
	case deviceflow.Public:
		return fmt.Sprintf("leave client_secret of account %s out of the configuration, then type: %s", a.Name, login)
	case deviceflow.NoConsent:
		return "ask the organisation's administrator to allow the application (at Microsoft: Enterprise applications, Permissions, " +
			"Grant admin consent), then type: " + login
	case deviceflow.OtherTenant:
		return tenantHint(a, login)
	case deviceflow.BadScope:
		return fmt.Sprintf("correct scope of account %s in the configuration (at Microsoft: add the delegated permission POP.AccessAsUser.All "+
			"to the app registration, under API permissions), then type: %s", a.Name, login)
	case deviceflow.Blocked:
		return "ask the organisation's administrator to let the application log in by device code, then type: " + login
	case deviceflow.NoRefreshToken:
		return fmt.Sprintf("add offline_access to scope of account %s in the configuration, then type: %s", a.Name, login)
	case deviceflow.Unusable:
		return fmt.Sprintf("correct device_uri and token_uri of account %s in the configuration", a.Name)
	}
	return login
}

// tenantHint tells the three reasons for which an account is not one of those
// that the application or the address is for.
func tenantHint(a config.POP3, login string) string {
	return fmt.Sprintf("type: %s, and choose %s; or, for an application of one organisation or of personal accounts alone, "+
		"write its tenant, or consumers, in place of common in device_uri and token_uri", login, a.User)
}

// refusedMailboxHint tells what a person can do about a mailbox that doesn't
// take a new token
// (https://support.microsoft.com/office/pop-imap-and-smtp-settings-for-outlook-com-d088b986-291d-42b8-9564-9c414e2aa040,
// https://learn.microsoft.com/powershell/module/exchange/set-casmailbox).
func refusedMailboxHint(a config.POP3) string {
	const pop = "at Microsoft, POP must be switched on as well: for outlook.com in Settings, Mail, Forwarding and IMAP; " +
		"for Microsoft 365 by the administrator: Set-CASMailbox %s -PopEnabled $true"
	if a.OAuth.Command != "" {
		return refusedTokenHint(a) + "; " + fmt.Sprintf(pop, a.User)
	}
	return fmt.Sprintf("if another account was chosen in the browser, type: popbridge login %s, and choose %s; "+pop, a.Name, a.User, a.User)
}
