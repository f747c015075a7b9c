package app_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/provider"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// unencrypted is a newcomer who has allowed plaintext for pop.example.org, and
// is asked for another server since the mailbox there is locked.
func unencrypted(t *testing.T, turns ...[]asked) *newcomer {
	t.Helper()
	resolve(t, nameServer)
	times := 0
	n := newNewcomer(t, pop3test.Options{Fault: func(e pop3test.Event) pop3test.Fault {
		if e.Command == "PASS" {
			if times++; times == 1 {
				return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] mailbox locked\r\n")}
			}
		}
		return pop3test.Fault{}
	}})
	n.terminal = true
	first := "pop.example.org:" + portOf(n)
	n.turns = []asked{{"Address: ", officeAddress}, {"POP3 server: ", first}, {"Use it all the same [no]: ", "yes"},
		{"User name", ""}, {"Password", officePassword}, {"server, user, password, again or write [again]: ", "server"}}
	for _, some := range turns {
		n.turns = append(n.turns, some...)
	}
	return n
}

// passwords counts how often one was sent.
func (n *newcomer) passwords() (sent int) {
	for _, c := range n.pop.Commands() {
		if verb, _, _ := strings.Cut(c, " "); verb == "PASS" {
			sent++
		}
	}
	return sent
}

// What was allowed for one server is not for the next.
func TestInitAsksAgainBeforePlaintextGoesToAnotherServer(t *testing.T) {
	n := unencrypted(t)
	n.turns = append(n.turns, asked{"POP3 server [", "mail.example.org:" + portOf(n)}, asked{"Use it all the same [no]: ", "^D"})
	n.expect(64)
	if got := n.passwords(); got != 1 {
		t.Errorf("the password was sent %d times", got)
	}

	n = unencrypted(t)
	n.turns = append(append(n.turns, asked{"POP3 server [", "mail.example.org:" + portOf(n)}, asked{"Use it all the same [no]: ", "yes"}), rest()...)
	n.expect(0)
	if _, a := n.wrote(); !a.AllowPlaintext || a.Host != "mail.example.org" {
		t.Errorf("wrote %+v", a)
	}
}

// A server that needs no consent gets none written, whether a person types it
// or it is known.
func TestInitForgetsAConsentWithItsServer(t *testing.T) {
	for _, answer := range []string{"", "Example Hosting"} {
		n := unencrypted(t)
		other, err := pop3test.Start(implicit)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = other.Close() })
		other.AddMailbox(officeAddress, officePassword)
		if answer == "" {
			answer = other.Addr()
		}
		n.providers.named = map[string]provider.Settings{"Example Hosting": {Provider: "Example Hosting", Host: other.Host(), Port: other.Port(),
			TLS: "implicit", User: "%EMAILADDRESS%", Secure: true}}
		n.turns = append(append(n.turns, asked{"POP3 server [", answer}, asked{"Pin it", "yes"}), rest()...)
		n.expect(0)
		_, a := n.wrote()
		if a.AllowPlaintext || a.TLS != "implicit" || a.Port != other.Port() || len(a.TLSFingerprint) == 0 {
			t.Errorf("%s: wrote %+v", answer, a)
		}
	}
}

// How the former server wanted to be logged in to says nothing of the next.
func TestInitForgetsThatTheFormerServerTookNoPasswords(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	found := n.settings("implicit")
	found.Host, found.OAuth2 = "localhost", true
	n.know(found)
	nowhere := portText(closed(t))
	n.turns = append([]asked{{"POP3 server [localhost:" + nowhere + "]: ", n.pop.Addr()},
		{"User name", ""}, {"Password", officePassword}}, rest()...)
	n.expect(0, append(n.ca(), "--address", officeAddress, "--port", nowhere)...)
	if _, a := n.wrote(); a.Auth == "xoauth2" || n.password(a) != officePassword {
		t.Errorf("wrote %+v", a)
	}
}

// What flags say holds for whichever server it is.
func TestInitKeepsFlagsForAnotherServer(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	nowhere := "localhost:" + portText(closed(t))
	n.turns = append([]asked{{"POP3 server: ", nowhere}, {"POP3 server [" + nowhere + "]: ", n.pop.Addr()},
		{"User name", ""}, {"Password", officePassword}}, rest()...)
	n.expect(0, append(n.ca(), "--address", officeAddress, "--auth", "plain", "--server-name", "localhost")...)
	if _, a := n.wrote(); a.Auth != "plain" || a.ServerName != "localhost" || a.TLSCA == "" {
		t.Errorf("wrote %+v", a)
	}
}

// A name without a dot is a host's where the network has one of that name, and
// no provider is called that.
func TestInitTakesAHostOfThisNetwork(t *testing.T) {
	resolve(t, nameServer)
	n := newNewcomer(t, implicit)
	n.terminal = true
	n.turns = append([]asked{{"Address: ", officeAddress}, {"POP3 server: ", "no-such-host:" + portOf(n)}, {"POP3 server: ", "nas:" + portOf(n)},
		{"User name", ""}, {"Password", officePassword}}, rest()...)
	n.expect(0, append(n.ca(), "--server-name", "localhost")...)
	n.says("no settings are known of no-such-host; type its POP3 server")
	if _, a := n.wrote(); a.Host != "nas" || a.Port != n.pop.Port() {
		t.Errorf("wrote %+v", a)
	}

	n = newNewcomer(t, implicit)
	n.terminal = true
	n.providers.named = map[string]provider.Settings{"nas": n.settings("implicit")}
	n.turns = append([]asked{{"Address: ", officeAddress}, {"POP3 server: ", "nas"}, {"Password", officePassword}}, rest()...)
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); a.Host != n.pop.Host() {
		t.Errorf("wrote %+v", a)
	}
}
