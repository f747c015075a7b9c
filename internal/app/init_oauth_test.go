package app_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/provider"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

const endpointLines = `device_uri = "https://login.example.org/device"
token_uri = "https://login.example.org/token"
scope = "mail offline"`

// endpointFlags are for an application at another provider than Microsoft, as
// endpointTurns are.
func endpointFlags() []string {
	return []string{"--device-uri", "https://login.example.org/device", "--token-uri", "https://login.example.org/token", "--oauth-scope", "mail offline"}
}

func endpointTurns() []asked {
	return []asked{{"Address for codes (device_uri): ", "login.example.org"}, {"Address for codes", "https://login.example.org/device"},
		{"Address for tokens (token_uri): ", "https://login.example.org/token"}, {"Scopes, with spaces between: ", "mail offline"}}
}

// What isn't given is Microsoft's, and so is needed at others.
func TestInitWantsTheEndpointsOfOthersThanMicrosoft(t *testing.T) {
	flags := []string{"--address", officeAddress, "--client-id", "1", "--no-login", "--gmail", "shop@example.org"}
	for host, isMicrosofts := range map[string]bool{
		"pop.example.org": false, "outlook.com.example.org": false, "myoutlook.com": false, "outlook.office365.us": false,
		"outlook.office365.com": true, "Outlook.Office.com": true, "pop-mail.outlook.com": true,
	} {
		n := newNewcomer(t, implicit)
		if isMicrosofts {
			n.expect(64, append(flags, "--host", host, "--device-uri", "https://login.example.org/device")...)
			n.says("these are missing: --token-uri\n")
			n.expect(0, append(flags, "--host", host)...)
			if text := n.read(n.config()); strings.Contains(text, "_uri") || strings.Contains(text, "scope") {
				t.Errorf("%s: wrote\n%s", host, text)
			}
			continue
		}
		n.expect(64, append(flags, "--host", host)...)
		n.says("these are missing: --device-uri; --token-uri; --oauth-scope\n")
		n.wroteNothing()
		n.expect(0, append(append(flags, "--host", host), endpointFlags()...)...)
		if text := n.read(n.config()); !strings.Contains(text, "client_id = \"1\"\n"+endpointLines+"\n") {
			t.Errorf("%s: wrote\n%s", host, text)
		}
		if _, a := n.wrote(); a.OAuth.DeviceURI != "https://login.example.org/device" || len(a.OAuth.Scope) != 2 {
			t.Errorf("%s: wrote %+v", host, a.OAuth)
		}
	}
}

// TestInitOfAProviderThatTakesNoPasswords needs auth = "xoauth2" of the
// configuration.
func TestInitOfAProviderThatTakesNoPasswords(t *testing.T) {
	for _, c := range []struct {
		turns []asked
		flags []string
		wrote string
		login bool
	}{
		{turns: append([]asked{{"Client ID (Enter alone: a command prints a token): ", "00000000-1111"}}, endpointTurns()...),
			wrote: `client_id = "00000000-1111"` + "\n" + endpointLines, login: true},
		{turns: []asked{{"Client ID", ""}, {"Command that prints an access token: ", ""}, {"Command", `oama access "x"`}}, wrote: `token_command = "oama access \"x\""`},
		{flags: append([]string{"--client-id", "2"}, endpointFlags()...), wrote: `client_id = "2"` + "\n" + endpointLines, login: true},
		{flags: append([]string{"--client-id", "2"}, endpointFlags()[:4]...), turns: []asked{{"Scopes", "a\"b"}, {"Scopes", "mail offline"}},
			wrote: `client_id = "2"` + "\n" + endpointLines, login: true},
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
		n.turns = append(append([]asked{{"Client ID", "1"}}, endpointTurns()...), rest()...)
		n.know(found)
		expect(append(password, "--address", officeAddress)...)
	}

	o := implicit
	o.Fault = strike("PASS", "", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] locked\r\n")})
	n = known(t, o, begin(officePassword), []asked{{"server, user, password, again or write [again]: ", "server"},
		{"POP3 server [", "Example Hosting"}, {"Client ID", "1"}}, endpointTurns(), rest())
	n.providers.named = map[string]provider.Settings{"Example Hosting": found}
	expect()
	n.says("No login is tried")
}
