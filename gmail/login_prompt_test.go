package gmail

import (
	"strings"
	"testing"
)

// TestNothingIsSaidAfterALogin: a browser that fails, a timer and a line that
// was typed may come late.
func TestNothingIsSaidAfterALogin(t *testing.T) {
	var b strings.Builder
	prompt := &loginPrompt{w: &b}
	prompt.say("%d, ", 1)
	prompt.end()
	prompt.say("%d, ", 2)
	r := &redirect{state: "s", prompt: prompt, over: make(chan struct{}), answers: make(chan redirectAnswer, 1)}
	r.readPasted(strings.NewReader("no address\n"))
	if b.String() != "1, " {
		t.Errorf("it says %q", b.String())
	}
}

// TestScopesAreDescribed in a line each; what is asked for has a box by name.
func TestScopesAreDescribed(t *testing.T) {
	for _, verify := range []bool{false, true} {
		text := describeScopes(Scopes(verify))
		if got, want := strings.Count(text, "\n"), len(Scopes(verify))-1; got != want { // openid and email share one
			t.Errorf("%d lines, want %d:\n%s", got, want, text)
		}
		for _, scope := range Scopes(verify) {
			if !strings.Contains(text, shortScope(scope)) {
				t.Errorf("%s isn't in\n%s", scope, text)
			}
			if signIn := scope == scopeOpenID || scope == scopeEmail; signIn == (nameBox(scope) != scope) {
				t.Errorf("%s is called %s", scope, nameBox(scope))
			}
		}
	}
}
