package app_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/provider"
	"github.com/popbridge/popbridge/pop3/pop3test"
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

// passwordFlags are the ways to give a password without a terminal.
func (n *newcomer) passwordFlags() [][]string {
	n.write(n.path("secret"), []byte(officePassword), 0o600)
	n.stdin = officePassword
	return [][]string{{"--password-stdin"}, {"--password-file", n.path("secret")}, {"--password-env", "MAIL_PASSWORD"}, {"--password-command", "echo secret"}}
}

// TestInitRefusesAPasswordWhereNoneIsTaken, whether the provider is known by
// the address or by the host.
func TestInitRefusesAPasswordWhereNoneIsTaken(t *testing.T) {
	n := newNewcomer(t, implicit)
	found := n.settings("implicit")
	found.OAuth2 = true
	n.know(found)
	for _, password := range n.passwordFlags() {
		for _, host := range [][]string{nil, {"--host", n.pop.Host()}} {
			n.expect(64, append(append(password, host...), "--address", officeAddress, "--gmail", "shop@example.org")...)
			if want := "popbridge: Example Mail takes no password from programs\nhint: give --client-id or --token-command in its place"; !strings.HasPrefix(n.err.String(), want) {
				t.Errorf("%q: it says %s", password, &n.err)
			}
		}
	}
	n.expect(64, append(n.ca(), "--auth", "xoauth2", "--password-stdin", "--address", officeAddress, "--gmail", "shop@example.org")...)
	n.says("--auth xoauth2 takes no password\n")
	n.expect(64, "--host", n.pop.Host(), "--address", officeAddress, "--gmail", "shop@example.org")
	n.says("missing: --client-id or --token-command\n")
	n.wroteNothing()
	if len(n.pop.Commands()) > 0 {
		t.Errorf("the server was sent %q", n.pop.Commands())
	}
	// Who knows better is believed.
	n.expect(0, append(n.ca(), "--auth", "plain", "--password-stdin", "--address", officeAddress, "--gmail", "shop@example.org")...)
}

// At a terminal the application is asked for in the password's place, also where
// a password was typed for another server before.
func TestInitAsksForTheApplicationInThePasswordsPlace(t *testing.T) {
	n := newNewcomer(t, implicit)
	found := n.settings("implicit")
	found.OAuth2 = true
	expect := func(flags ...string) {
		t.Helper()
		n.expect(0, append(n.ca(), flags...)...)
		if text := n.read(n.config()); !strings.Contains(text, "auth = \"xoauth2\"\nclient_id = \"1\"\n") || strings.Contains(text, "password") {
			t.Errorf("wrote\n%s", text)
		}
		if strings.Contains(n.out.String(), ".password") {
			t.Errorf("it says %s", &n.out)
		}
	}
	for _, password := range n.passwordFlags() {
		n = newNewcomer(t, implicit)
		n.terminal = true
		n.turns = append([]asked{{"Client ID", "1"}}, rest()...)
		n.know(found)
		expect(append(password, "--address", officeAddress)...)
	}

	o := implicit
	o.Fault = strike("PASS", "", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] locked\r\n")})
	n = known(t, o, begin(officePassword), []asked{{"server, user, password, again or write [again]: ", "server"},
		{"POP3 server [", "Example Hosting"}, {"Client ID", "1"}}, rest())
	n.providers.named = map[string]provider.Settings{"Example Hosting": found}
	expect()
	n.says("No login is tried")
}
