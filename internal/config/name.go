package config

import (
	"fmt"
	"regexp"
	"strings"
)

var nameText = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// claim is who has a name, or a mailbox, already.
type claim struct {
	table, name string
	line        int
}

// label reads the name of a destination or an account. Names are unique
// across both, without regard to case: files are called after them.
func (t *table) label(otherwise string, names map[string]claim) string {
	name, ok := t.text("name")
	if !ok && (otherwise == "" || t.has("name")) {
		t.need("name")
		return ""
	}
	if !ok {
		name = otherwise
	}
	if !nameText.MatchString(name) {
		t.fail("name", quote(name)+": write 1 to 64 of the letters A to Z and a to z, digits, dot, _ and -", "")
		return ""
	}
	at := t.where("name").Line
	if first, taken := names[strings.ToLower(name)]; taken {
		t.fail("name", fmt.Sprintf("%s is the name of the [[%s]] of line %d already", quote(name), first.table, first.line),
			"give each [[gmail]] and [[pop3]] a name of its own")
		return name
	}
	names[strings.ToLower(name)] = claim{t.name, name, at}
	return name
}

// mailbox is what makes two accounts the same one.
type mailbox struct {
	host string
	port int
	user string
}

// once refuses the same mailbox twice: the accounts would delete each other's
// messages. Host names compare without case and final dot.
func (t *table) once(p POP3, seen map[mailbox]claim) {
	if p.Host == "" || p.User == "" || p.Port == 0 {
		return
	}
	m := mailbox{strings.TrimSuffix(strings.ToLower(p.Host), "."), p.Port, p.User}
	if first, taken := seen[m]; taken {
		t.fail("user", fmt.Sprintf("the same host, port and user as [[pop3]] %s of line %d", quote(first.name), first.line), "")
		return
	}
	seen[m] = claim{t.name, p.Name, p.Line}
}
