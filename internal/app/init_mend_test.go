package app_test

import (
	"fmt"
	"net"
	"strconv"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func portOf(n *newcomer) string { return portText(n.pop.Port()) }

// begin are the questions up to the login, which need no further answers.
func begin(password string) []asked {
	return []asked{{"Address: ", officeAddress}, {"Password", password}}
}

// known is a newcomer whose provider is known, and answers.
func known(t *testing.T, o pop3test.Options, turns ...[]asked) *newcomer {
	n := newNewcomer(t, o)
	n.terminal = true
	for _, some := range turns {
		n.turns = append(n.turns, some...)
	}
	tls := map[pop3test.TLSMode]string{pop3test.ImplicitTLS: "implicit", pop3test.STLS: "starttls"}[o.TLS]
	n.know(n.settings(tls))
	return n
}

func TestInitAsksForAWrongPasswordAgain(t *testing.T) {
	n := known(t, implicit, begin("wrong"), []asked{{"Password", officePassword}}, rest())
	found := n.settings("implicit")
	found.Note = "Make an application password."
	n.know(found)
	n.expect(0, n.ca()...)
	n.says("That didn't work: log in to", "Type the password again", "Make an application password.\nThe server")
	if _, a := n.wrote(); n.password(a) != officePassword {
		t.Error("the password is another one")
	}
}

func TestInitAsksForTheUserAfterThreePasswords(t *testing.T) {
	n := known(t, implicit, begin("wrong"), []asked{{"Password", "wrong"}, {"Password", "wrong"},
		{"server, user, password, again or write [user]: ", "nonsense"}, {"server, user", ""},
		{"User name [office@example.org]: ", "office"}, {"server, user", "pass"}, {"Password", officePassword},
		{"server, user", "user"}, {"User name [office]: ", officeAddress}}, rest())
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); n.password(a) != officePassword || a.User != officeAddress {
		t.Errorf("wrote %+v", a)
	}
}

func TestInitWritesAnywayWhatAPersonInsistsOn(t *testing.T) {
	n := known(t, implicit, begin("wrong"), []asked{{"Password", "wrong"}, {"Password", "wrong"}, {"server, user", "w"}}, rest())
	n.expect(0, n.ca()...)
	n.says("no login has worked yet", "imports all messages that are on the provider now")
	if _, a := n.wrote(); n.password(a) != "wrong" {
		t.Error("the password is another one")
	}
}

// closed is a port where nobody listens.
func closed(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestInitAsksForAServerThatDoesNotAnswer(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	nowhere := fmt.Sprintf("127.0.0.1:%d", closed(t))
	n.turns = append([]asked{{"Address: ", officeAddress}, {"POP3 server: ", nowhere}, {"POP3 server [" + nowhere + "]: ", n.pop.Addr()},
		{"User name", ""}, {"Password", officePassword}}, rest()...)
	n.expect(0, n.ca()...)
	n.says("no POP3 server answers at 127.0.0.1: port", "connection refused")
}

// Who knows better, or has no network now, may go on.
func TestInitAsksForThePortOfAServerThatIsInsistedOn(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	port := closed(t)
	n.turns = append([]asked{{"Address: ", officeAddress}, {"POP3 server: ", fmt.Sprintf("127.0.0.1:%d", port)},
		{"POP3 server [", ""}, {fmt.Sprintf("Port [%d]: ", port), "many"}, {"Port", "70000"}, {"Port", strconv.Itoa(port)},
		{"TLS (implicit, starttls or none) [implicit]: ", "ssl"}, {"TLS", ""},
		{"User name", ""}, {"Password", officePassword}, {"server, user, password, again or write [server]: ", "again"}, {"server, user", "write"}}, rest()...)
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); a.Port != port || a.TLS != "implicit" {
		t.Errorf("wrote %+v", a)
	}
}

// A known provider that moved: the server is asked for again, and looked at.
func TestInitAsksForAKnownServerThatFails(t *testing.T) {
	n := newNewcomer(t, pop3test.Options{TLS: pop3test.STLS})
	n.terminal = true
	found := n.settings("starttls")
	found.Port = closed(t)
	n.know(found)
	n.turns = append(append(begin(officePassword), asked{"server, user, password, again or write [server]: ", ""}, asked{"POP3 server [" + "127.0.0.1:" + strconv.Itoa(found.Port) + "]: ", n.pop.Addr()}), rest()...)
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); a.Port != n.pop.Port() || a.TLS != "starttls" {
		t.Errorf("wrote %+v", a)
	}
}

func TestInitTriesALockedMailboxAgain(t *testing.T) {
	times := 0
	o := implicit
	o.Fault = func(e pop3test.Event) pop3test.Fault {
		if e.Command == "PASS" {
			if times++; times == 1 {
				return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] mailbox locked\r\n")}
			}
		}
		return pop3test.Fault{}
	}
	n := known(t, o, begin(officePassword), []asked{{"server, user, password, again or write [again]: ", ""}}, rest())
	n.expect(0, n.ca()...)
}

// Of a password command that fails, the place in a file that isn't there is
// no help.
func TestInitSaysHowAPasswordCommandFails(t *testing.T) {
	n := known(t, implicit, begin(""), []asked{{"Command", "echo no such entry >&2; exit 3"},
		{"server, user, password, again or write [password]: ", ""}, {"Password", officePassword}}, rest())
	n.expect(0, n.ca()...)
	n.says("That didn't work: the command failed: exit status 3: no such entry; type that command in a shell to see why; ")
}

func portText(port int) string { return strconv.Itoa(port) }
