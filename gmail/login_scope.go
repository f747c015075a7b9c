package gmail

import (
	"fmt"
	"slices"
	"strings"
)

// purposes says of scopes what Google's page says beside their box and what
// popbridge wants with them.
var purposes = [...]struct {
	// scopes are asked for together.
	scopes []string
	// box is empty where there is none
	// (https://developers.google.com/workspace/gmail/api/auth/scopes).
	box, purpose string
}{
	{[]string{scopeInsert}, "Add emails into your Gmail mailbox", "add mail to Gmail; it can't read any"},
	{[]string{scopeLabels}, "See and edit your email labels", "find the labels of the configuration, and make those that are missing"},
	{[]string{scopeReadonly}, "View your email messages and settings", `look up whether a message arrived (access = "verify"); it can read mail`},
	{[]string{scopeOpenID, scopeEmail}, "", "see which address was chosen"},
}

// describeScopes says in a line each which scopes are asked for, and why.
func describeScopes(scopes []string) string {
	var b strings.Builder
	for _, p := range purposes {
		var names []string
		for _, s := range p.scopes {
			if slices.Contains(scopes, s) {
				names = append(names, shortScope(s))
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "  %-15s %s\n", strings.Join(names, " "), p.purpose)
		}
	}
	return b.String()
}

// shortScope is the part of a scope's name that tells it from others.
func shortScope(scope string) string {
	return scope[strings.LastIndexByte(scope, '/')+1:]
}

// nameBox names a scope as Google's page does, and by itself.
func nameBox(scope string) string {
	for _, p := range purposes {
		if p.box != "" && slices.Contains(p.scopes, scope) {
			return fmt.Sprintf("%q (%s)", p.box, scope)
		}
	}
	return scope
}
