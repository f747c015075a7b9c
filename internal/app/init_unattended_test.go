package app_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/provider"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// answers are flags that leave nothing to ask for, with the password on
// standard input.
func (n *newcomer) answers() []string {
	return []string{"--address", officeAddress, "--host", n.pop.Host(), "--port", portOf(n),
		"--password-stdin", "--gmail", "shop@example.org"}
}

func TestInitTakesAllAnswersAsFlags(t *testing.T) {
	for _, line := range []string{officePassword, officePassword + "\n", officePassword + "\r\nmore\n"} {
		n := newNewcomer(t, implicit)
		n.stdin = line
		n.expect(0, append(append(n.ca(), n.answers()...), "--client", n.client(), "--labels", "Büro \"A\", INBOX",
			"--retention", "2w", "--capacity", "100MB", "--access", "verify", "--endpoint", n.gmail.URL(), "--name", "desk", "--server-name", "localhost")...)
		if n.err.Len() > 0 {
			t.Errorf("it said %s", &n.err)
		}
		g, a := n.wrote()
		if g.Access != "verify" || g.Endpoint != n.gmail.URL() || a.Name != "desk" || a.ServerName != "localhost" ||
			!reflect.DeepEqual(a.Labels, []string{`Büro "A"`, "INBOX"}) || a.Retention.After != 14*24*time.Hour || a.Capacity.Octets != 1e8 {
			t.Errorf("wrote %+v %+v", g, a)
		}
		if n.password(a) != officePassword {
			t.Error("the password is another one")
		}
		n.modes()
	}
}

// Nothing is deleted from the provider where nobody said so.
func TestInitDeletesNothingByItself(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = officePassword
	n.expect(0, append(n.ca(), n.answers()...)...)
	if _, a := n.wrote(); !a.Retention.Never() || !reflect.DeepEqual(a.Labels, []string{"INBOX", "UNREAD"}) {
		t.Errorf("wrote %+v", a)
	}
}

func TestInitNamesAllMissingAnswersAtOnce(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = officeAddress + "\n" + officePassword + "\n"
	n.expect(64)
	n.says("no terminal to ask at", "--address; --password-file, --password-command, --password-env or --password-stdin; --gmail\n", "hint: popbridge init --help")
	n.expect(64, "--address", officeAddress)
	n.says("--host (or --provider); --password-file", "; --gmail (no settings are known of example.org)")
	n.know(n.settings("implicit"))
	n.expect(64, "--address", officeAddress)
	if strings.Contains(n.err.String(), "--host") {
		t.Error("it asks for a host that it knows")
	}
	own := n.settings("implicit")
	own.User = ""
	n.know(own)
	n.expect(64, "--address", officeAddress)
	n.says("missing: --user; --password-file")
	n.wroteNothing()
}

func TestInitUsesAKnownProviderWithoutATerminal(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.know(n.settings("implicit"))
	n.stdin = officePassword
	n.expect(0, append(n.ca(), "--address", officeAddress, "--password-stdin", "--gmail", "shop@example.org")...)
	n.says("from the table of providers")
	n = newNewcomer(t, implicit)
	n.providers.named = map[string]provider.Settings{"Example": n.settings("implicit")}
	n.stdin = officePassword
	n.expect(0, append(n.ca(), "--address", officeAddress, "--provider", "Example", "--password-stdin", "--gmail", "shop@example.org")...)
	n.expect(64, "--address", officeAddress)
	n.says("is there already")
}

func TestInitRefusesFlagsThatCantBe(t *testing.T) {
	for _, c := range []struct{ flags, want string }{
		{"--address office", "--address: that is no mail address"},
		{"--gmail shop", `--gmail: "shop" is no mail address`},
		{"--host a:b", `--host: "a:b": write a host name`},
		{"--port 70000", "--port: must be from 1 to 65535"},
		{"--port many", "--port"},
		{"--tls ssl", `--tls: must be "implicit"`},
		{"--tls-min 0.9", "--tls-min: "},
		{"--tls-fingerprint 00", "--tls-fingerprint: "},
		{"--auth digest", "--auth: must be "},
		{"--retention soon", `--retention: "soon": write "never"`},
		{"--capacity full", "--capacity: "},
		{"--access all", "--access: "},
		{"--endpoint http://example.org", "--endpoint: "},
		{"--device-uri x", "--device-uri: "},
		{"--client-id x --token-uri http://example.org", "--token-uri: "},
		{"--client-id x --oauth-scope a\"b", "--oauth-scope: "},
		{"--token-command x --oauth-scope a", "--oauth-scope: does nothing with token_command"},
		{"--name a/b", "--name: "},
		{"--name default", "--name: "},
		{"--user a\tb", "--user: must not hold control characters"},
		{"--password-stdin --password-env X", "only one can be: --password-env, --password-stdin"},
		{"--client a --service-account b", "only one can be: --client, --service-account"},
		{"--host a --provider b", "only one can be: --host, --provider"},
		{"--password secret", "there is no flag --password"},
	} {
		n := newNewcomer(t, implicit)
		n.expect(64, strings.Split(c.flags, " ")...)
		n.says(c.want)
		n.wroteNothing()
	}
}

func TestInitSaysWhyALoginFailedWithoutATerminal(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = "wrong"
	n.expect(77, append(n.ca(), n.answers()...)...)
	n.says("popbridge: log in to 127.0.0.1 as office@example.org: PASS", "hint: correct --user or the password")
	n.stdin = ""
	n.expect(64, append(n.ca(), n.answers()...)...)
	n.says("standard input holds no password")
	n.stdin = officePassword
	port := closed(t)
	for _, flags := range [][]string{
		{"--port", portText(port)}, {"--port", portText(port), "--tls", "implicit"},
	} {
		n.expect(69, append(flags, "--address", officeAddress, "--host", "127.0.0.1", "--password-stdin", "--gmail", "shop@example.org")...)
		n.says("connection refused")
	}
	n.wroteNothing()
	n.expect(0, "--no-login", "--address", officeAddress, "--host", "pop.invalid", "--password-stdin", "--gmail", "shop@example.org")
	if _, a := n.wrote(); a.Port != 995 || a.TLS != "implicit" {
		t.Errorf("wrote %+v", a)
	}
}

// A mailbox that another device has open passes; nothing is asked of a person.
func TestInitSaysThatAMailboxIsLocked(t *testing.T) {
	o := implicit
	o.Fault = strike("PASS", "", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] locked\r\n")})
	n := newNewcomer(t, o)
	n.stdin = officePassword
	n.expect(75, append(n.ca(), n.answers()...)...)
	n.says("locked", "--no-login")
}

func TestInitSaysWhatIsWrongWithThePasswordsFile(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.write(n.path("secret"), []byte(officePassword), 0o644)
	flags := append(n.ca(), "--address", officeAddress, "--host", n.pop.Host(), "--port", portOf(n), "--gmail", "shop@example.org")
	n.expect(78, append(flags, "--password-file", n.path("secret"))...)
	n.says("popbridge: " + n.path("secret") + ": holds a secret and is open to others (mode 0644); chmod 600 ")
	n.expect(78, append(flags, "--password-file", n.path("nowhere"))...)
	n.says("can't be read: no such file")
	n.expect(78, append(flags, "--password-command", "exit 4")...)
	n.says("the command failed: exit status 4")
	n.wroteNothing()
}
