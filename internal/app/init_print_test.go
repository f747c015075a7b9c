package app_test

import (
	"os"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

func TestInitPrintsAConfiguration(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = officePassword
	n.expect(0, append(append(n.ca(), n.answers()...), "--print")...)
	if _, err := os.Stat(n.config()); err == nil {
		t.Error("it was written, too")
	}
	n.write(n.config(), n.out.Bytes(), 0o600)
	if _, a := n.wrote(); n.password(a) != officePassword {
		t.Error("the password is another one")
	}
	if !strings.Contains(n.err.String(), "wrote "+n.path(".config", "popbridge", "example.password")) {
		t.Errorf("it said %s", &n.err)
	}
}

// A second account goes to the end of the configuration that is there.
func TestInitPrintsTheTableOfAFurtherAccount(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = officePassword
	n.expect(0, append(n.ca(), n.answers()...)...)
	first := n.read(n.config())
	n.pop.AddMailbox("shop@example.org", officePassword)

	n.terminal = true
	n.turns = []asked{{"Address: ", "shop@example.org"}, {"User name", ""}, {"Password", officePassword}, {"Labels", "Shop"}, {"Days", ""}}
	n.expect(0, append(n.ca(), "--print", "--host", n.pop.Host(), "--port", portOf(n))...)
	if strings.Contains(n.out.String(), "[[gmail]]") || strings.Contains(n.err.String(), "popbridge login") || n.read(n.config()) != first {
		t.Errorf("it printed\n%s\nand said\n%s", &n.out, &n.err)
	}
	n.write(n.config(), append([]byte(first), n.out.Bytes()...), 0o600)
	c, err := config.Load(n.config(), config.Env{Home: n.home, GOOS: "linux"})
	if err != nil {
		t.Fatal(err)
	}
	if a := c.POP3[1]; a.Name != "example-2" || a.User != "shop@example.org" || a.To != "default" || n.password(a) != officePassword {
		t.Errorf("wrote %+v", a)
	}
	n.modes()
}

// Gmail is looked into only where the destination allows it.
func TestInitOffersALookIntoGmailWhereThatIsAllowed(t *testing.T) {
	for access, offered := range map[string]bool{"": false, `access = "insert"`: false, `access = "verify"`: true} {
		n := newNewcomer(t, implicit)
		n.write(n.config(), []byte(`[[gmail]]
address = "a@example.org"
client = "client.json"
`+access+`
[[gmail]]
name = "b"
address = "b@example.org"
client = "client.json"
access = "verify"
[[pop3]]
name = "one"
host = "pop.example.org"
user = "one"
password_env = "ONE"
to = "b"`), 0o600)
		n.stdin = officePassword
		flags := append(append(n.ca(), "--print"), n.answers()...)
		for address, offered := range map[string]bool{"a@example.org": offered, "b@example.org": true} {
			n.expect(0, append(flags, "--gmail", address)...)
			if strings.Contains(n.err.String(), "popbridge adopt example --in-gmail ") != offered {
				t.Errorf("%s for %s: it said %s", access, address, &n.err)
			}
		}
	}
}

func TestInitAsksWhichOfTheDestinations(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.write(n.config(), []byte(`[[gmail]]
address = "a@example.org"
client = "client.json"
[[gmail]]
name = "b"
address = "b@example.org"
client = "client.json"
[[pop3]]
name = "one"
host = "pop.example.org"
user = "one"
password_env = "ONE"
to = "b"`), 0o600)
	n.terminal = true
	n.turns = []asked{{"User name", ""}, {"Password", officePassword}, {"Gmail address: ", "c@example.org"}, {"Gmail address: ", "b@example.org"}, {"Labels", ""}, {"Days", ""}}
	flags := append(n.ca(), "--print", "--address", officeAddress, "--host", n.pop.Host(), "--port", portOf(n))
	n.expect(0, flags...)
	if !strings.Contains(n.out.String(), "\nto = \"b\"\n") {
		t.Errorf("it printed\n%s", &n.out)
	}
	n.terminal, n.stdin = false, officePassword
	n.expect(64, append(flags, "--password-stdin")...)
	n.says("missing: --gmail")
	n.expect(64, append(flags, "--password-stdin", "--gmail", "c@example.org")...)
	n.says("--gmail: ", "hint: one of a@example.org, b@example.org")
	n.expect(64, append(flags, "--password-stdin", "--client", "x")...)
	n.says("--client is of a [[gmail]]")
	n.expect(64, append(flags, "--password-stdin", "--gmail", "b@example.org", "--name", "ONE")...)
	n.says("--name: ")
	// The same mailbox twice would delete its own mail.
	same := []string{"--print", "--host", "pop.example.org", "--tls", "implicit", "--gmail", "b@example.org", "--password-env", "X"}
	n.expect(64, append(same, "--address", officeAddress, "--user", "one")...)
	n.says(`--user: the same host, port and user as [[pop3]] "one"`)
	n.write(n.config(), []byte(strings.ReplaceAll(n.read(n.config()), `user = "one"`, `user = "`+officeAddress+`"`)), 0o600)
	for _, further := range [][]string{nil, {"--no-login"}} {
		n.expect(78, append(append(further, "--address", officeAddress), same...)...)
		n.says(`pop3.user: the same host, port and user as [[pop3]] "one"`)
	}
}

func TestInitPrintsNothingForAConfigurationThatIsWrong(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.write(n.config(), []byte("mine"), 0o600)
	n.expect(78, append(n.answers(), "--print")...)
	if n.out.Len() > 0 {
		t.Errorf("it printed %s", &n.out)
	}
}
