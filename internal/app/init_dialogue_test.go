package app_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/provider"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

var implicit = pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true}

func TestInitAsksOfAKnownProviderLittle(t *testing.T) {
	n := newNewcomer(t, implicit,
		asked{"Address: ", strings.Replace(officeAddress, "@", "＠", 1)},
		asked{"Password", officePassword},
		asked{"Gmail address: ", "shop＠example．org"},
		asked{"Look messages up in Gmail [no]: ", "maybe"},
		asked{"Look messages up in Gmail [no]: ", "Yes"},
		asked{`Its file, or "later" [`, ""},
		asked{"Labels [INBOX, UNREAD]: ", "Office、inbox，unread"},
		asked{"Days [14]: ", ""})
	n.know(n.settings("implicit"))
	n.client()
	n.expect(0, n.ca()...)
	n.says("Example Mail: "+n.pop.Host(), "from the table of providers", "logged in: 3 messages, ",
		"wrote "+n.config(), "wrote "+n.path(".config", "popbridge", "example-mail.password"),
		"popbridge login ", "popbridge check ", "imports all 3 messages that the provider has now",
		"popbridge adopt example-mail ", "--before 2026-11-22", "--in-gmail", "--from getmail:FILE",
		"popbridge run --dry-run", "*/5 * * * * /")
	g, a := n.wrote()
	if a.Name != "example-mail" || a.Host != n.pop.Host() || a.Port != n.pop.Port() || a.User != officeAddress ||
		!reflect.DeepEqual(a.Labels, []string{"Office", "INBOX", "UNREAD"}) || a.Retention.After != 14*24*time.Hour {
		t.Errorf("wrote %+v", a)
	}
	if g.Address != "shop@example.org" || g.Access != "verify" || g.Client != n.path(".config", "popbridge", "client.json") {
		t.Errorf("wrote %+v", g)
	}
	if n.password(a) != officePassword {
		t.Error("the password is another one")
	}
	n.modes()
}

// modes wants everything closed to others.
func (n *newcomer) modes() {
	n.t.Helper()
	dir := n.path(".config", "popbridge")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		n.t.Fatal(err, entries)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode() != 0o600 {
			n.t.Errorf("%s has mode %s", e.Name(), info.Mode())
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		n.t.Errorf("the folder has mode %s", info.Mode())
	}
}

// rest are the questions after the login.
func rest() []asked {
	return []asked{{"Gmail address: ", "shop@example.org"}, {"Look messages up", ""}, {"Its file (Enter alone: later): ", ""}, {"Labels", ""}, {"Days", "never"}}
}

func TestInitAsksForTheServerThatNobodyKnows(t *testing.T) {
	for _, o := range []pop3test.Options{implicit, {TLS: pop3test.STLS}, {}} {
		n := newNewcomer(t, o)
		n.terminal = true
		n.turns = append([]asked{{"Address: ", "office"}, {"Address: ", officeAddress},
			{"POP3 server: ", "some host"}, {"POP3 server: ", n.pop.Host() + ":x"}, {"POP3 server: ", n.pop.Addr()},
			{"User name [office@example.org]: ", ""}, {"Password", officePassword}}, rest()...)
		var flags []string
		if o.TLS != pop3test.NoTLS {
			flags = n.ca()
		}
		n.expect(0, flags...)
		n.says("that is no mail address", "no settings are known of some host", "logged in: 3 messages",
			"get the OAuth client as https://github.com/popbridge/popbridge/blob/main/docs/gmail-setup.md shows")
		_, a := n.wrote()
		want := map[pop3test.TLSMode]string{pop3test.ImplicitTLS: "implicit", pop3test.STLS: "starttls", pop3test.NoTLS: "none"}[o.TLS]
		if a.TLS != want || a.Port != n.pop.Port() || a.Name != "example" || !a.Retention.Never() {
			t.Errorf("wrote %+v", a)
		}
	}
}

func TestInitTakesWhoHostsTheMailByName(t *testing.T) {
	n := newNewcomer(t, implicit, append([]asked{{"Address: ", officeAddress}, {"POP3 server: ", "lolipop"}, {"Password", officePassword}}, rest()...)...)
	n.providers.named = map[string]provider.Settings{"lolipop": n.settings("implicit")}
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); a.Port != n.pop.Port() || a.User != officeAddress {
		t.Errorf("wrote %+v", a)
	}
}

// Whoever is on the way can make up what comes over plain http.
func TestInitSendsNoPasswordWhereAnyoneCouldHaveSaid(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	n.turns = append([]asked{{"Address: ", officeAddress}, {"POP3 server: ", ""}, {"POP3 server: ", n.pop.Addr()},
		{"User name [office@example.org]: ", ""}, {"Password", officePassword}}, rest()...)
	found := n.settings("implicit")
	found.Secure, found.Origin, found.Host = false, "http://autoconfig.example.org/mail", "pop.invalid"
	n.providers.found = map[string]provider.Settings{officeAddress: found}
	n.expect(0, n.ca()...)
	n.says("It may be pop.invalid, port ", "by http://autoconfig.example.org/mail.", "this can't be left empty")

	n = newNewcomer(t, implicit)
	n.providers.found = map[string]provider.Settings{officeAddress: found}
	n.stdin = officePassword
	n.expect(64, "--address", officeAddress, "--password-stdin", "--gmail", "shop@example.org")
	n.says("missing: --host", "pop.invalid")
	n.wroteNothing()
	if len(n.pop.Commands()) > 0 {
		t.Errorf("the server was sent %q", n.pop.Commands())
	}
}

func TestInitTakesSettingsThatWereFoundSafely(t *testing.T) {
	n := newNewcomer(t, implicit, append([]asked{{"Address: ", officeAddress}, {"Password", officePassword}}, rest()...)...)
	found := n.settings("implicit")
	found.Origin, found.Note, found.Provider = "https://autoconfig.example.org/mail", "Switch POP on first.", ""
	n.providers.found = map[string]provider.Settings{officeAddress: found}
	n.expect(0, n.ca()...)
	n.says("from https://autoconfig.example.org/mail", "Switch POP on first.")
}

func TestInitEndsWithTheInput(t *testing.T) {
	n := newNewcomer(t, implicit, asked{"Address: ", officeAddress}, asked{"Password", "^D"})
	n.know(n.settings("implicit"))
	n.expect(64, n.ca()...)
	n.says("popbridge: the input ended at: Password", "hint: popbridge init")
	n.wroteNothing()
}

func TestInitGivesUpOnAnswersThatCantBe(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	n.turns = []asked{{"Address", "a"}, {"Address", "b"}, {"Address", "@"}, {"Address", "<a@b>"}, {"Address", "A <a@example.org>"}}
	n.expect(64)
	n.says("there was no usable answer to: Address")
}

// Interrupted at whichever question, it leaves nothing.
func TestInitInterrupted(t *testing.T) {
	turns := append([]asked{{"Address: ", officeAddress}, {"Password", officePassword}}, rest()...)
	for i := range turns {
		n := newNewcomer(t, implicit, turns[:i+1]...)
		n.turns = append(n.turns[:i:i], asked{turns[i].question, "^C"})
		n.know(n.settings("implicit"))
		n.expect(130, n.ca()...)
		n.wroteNothing()
	}
}

func TestInitTakesThePasswordFromElsewhere(t *testing.T) {
	for answer, want := range map[string]string{
		"$MAIL_PASSWORD": "MAIL_PASSWORD", `printf '%s\n' "$SECRET"`: "",
	} {
		t.Setenv("SECRET", officePassword)
		n := newNewcomer(t, implicit, append([]asked{{"Address: ", officeAddress}, {"Password", ""}, {"Command or $VARIABLE", ""},
			{"Password", "\x1b[A"}, {"Password", ""}, {"Command or $VARIABLE", answer}}, rest()...)...)
		n.know(n.settings("implicit"))
		n.expect(0, n.ca()...)
		_, a := n.wrote()
		if a.Password.Env != want || want == "" && a.Password.Command != answer {
			t.Errorf("wrote %+v", a.Password)
		}
		n.says("control character")
		if want != "" {
			n.says("write MAIL_PASSWORD=… above that line")
		}
		if strings.Contains(n.out.String(), ".password") {
			t.Error("a password's file was written")
		}
	}
}

func TestInitAnswersOfFlagsAreNotAsked(t *testing.T) {
	n := newNewcomer(t, implicit, asked{"Password", officePassword}, asked{"Labels", "none"})
	n.expect(0, append(n.ca(), "--address", officeAddress, "--host", n.pop.Host(), "--port", portOf(n), "--user", officeAddress,
		"--gmail", "shop@example.org", "--client", n.client(), "--retention", "30", "--name", "desk", "--access", "verify", "--capacity", "500 messages")...)
	g, a := n.wrote()
	if a.Name != "desk" || len(a.Labels) != 0 || a.Retention.After != 30*24*time.Hour || a.Capacity.Messages != 500 || g.Access != "verify" {
		t.Errorf("wrote %+v %+v", g, a)
	}
}
