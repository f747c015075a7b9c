package app_test

import (
	"strings"
	"testing"
)

// TestInitOfAProviderThatTakesNoPasswords needs auth = "xoauth2" of the
// configuration.
func TestInitOfAProviderThatTakesNoPasswords(t *testing.T) {
	for _, c := range []struct {
		turns []asked
		flags []string
		wrote string
		login bool
	}{
		{turns: []asked{{"Client ID (Enter alone: a command prints a token): ", "00000000-1111"}}, wrote: `client_id = "00000000-1111"`, login: true},
		{turns: []asked{{"Client ID", ""}, {"Command that prints an access token: ", ""}, {"Command", `oama access "x"`}}, wrote: `token_command = "oama access \"x\""`},
		{flags: []string{"--client-id", "2"}, wrote: `client_id = "2"`, login: true},
		{flags: []string{"--token-command", "oama"}, wrote: `token_command = "oama"`},
	} {
		n := known(t, implicit, []asked{{"Address: ", officeAddress}}, c.turns, rest())
		found := n.settings("implicit")
		found.OAuth2 = true
		n.know(found)
		n.expect(0, append(n.ca(), c.flags...)...)
		n.says("No login is tried")
		if text := n.read(n.config()); !strings.Contains(text, "auth = \"xoauth2\"\n"+c.wrote+"\n") {
			t.Errorf("wrote\n%s", text)
		}
		if strings.Contains(n.out.String(), "popbridge login example-mail ") != c.login {
			t.Errorf("said %s", &n.out)
		}
		if len(n.pop.Commands()) > 0 {
			t.Errorf("the server was sent %q", n.pop.Commands())
		}
	}
	n := newNewcomer(t, implicit)
	found := n.settings("implicit")
	found.OAuth2 = true
	n.know(found)
	n.expect(64, "--address", officeAddress, "--gmail", "shop@example.org")
	n.says("missing: --client-id or --token-command\n")
}
