package gmail

import (
	"slices"
	"strings"
)

// Scopes of Gmail and of OpenID Connect
// (https://developers.google.com/workspace/gmail/api/auth/scopes).
const (
	scopeInsert   = "https://www.googleapis.com/auth/gmail.insert"
	scopeLabels   = "https://www.googleapis.com/auth/gmail.labels"
	scopeReadonly = "https://www.googleapis.com/auth/gmail.readonly"
	scopeModify   = "https://www.googleapis.com/auth/gmail.modify"
	scopeAll      = "https://mail.google.com/"
	scopeOpenID   = "openid"
	scopeEmail    = "email"
	scopeUserinfo = "https://www.googleapis.com/auth/userinfo.email"
)

// Scopes gives the scopes to ask for at a login: to add mail and labels and
// to learn the address, and with verify to look messages up.
func Scopes(verify bool) []string {
	scopes := []string{scopeInsert, scopeLabels, scopeOpenID, scopeEmail}
	if verify {
		scopes = append(scopes, scopeReadonly)
	}
	return scopes
}

// missingScopes gives those of need that are not among the granted ones,
// which are separated by spaces (RFC 6749, section 3.3).
func missingScopes(need []string, granted string) (missing []string) {
	have := strings.Fields(granted)
	for _, scope := range need {
		if !slices.ContainsFunc(broader(scope), func(s string) bool { return slices.Contains(have, s) }) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// broader gives the scopes of which each allows what a scope does.
func broader(scope string) []string {
	switch scope {
	case scopeInsert, scopeLabels, scopeReadonly:
		return []string{scope, scopeModify, scopeAll}
	case scopeEmail, scopeUserinfo: // Google answers the long name
		return []string{scopeEmail, scopeUserinfo}
	default:
		return []string{scope}
	}
}
