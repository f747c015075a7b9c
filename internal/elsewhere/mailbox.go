// Package elsewhere reads what other programs have written down of the mail
// that they fetched: getmail, mpop, fetchmail and Thunderbird. Each keeps the
// UIDs (RFC 1939, section 7) of what it left on the server.
package elsewhere

import (
	"fmt"
	"strings"
)

// Tool is a program whose files can be read.
type Tool string

// The tools.
const (
	Getmail     Tool = "getmail"
	Mpop        Tool = "mpop"
	Fetchmail   Tool = "fetchmail"
	Thunderbird Tool = "thunderbird"
)

// Tools gives all of them.
func Tools() []Tool { return []Tool{Getmail, Mpop, Fetchmail, Thunderbird} }

// Mailbox is a mailbox that a tool fetched from.
type Mailbox struct {
	Host string
	// Port is 0 where the tool doesn't write it down.
	Port int
	User string

	uids map[string]bool
	// file is the name of the file where that alone tells the mailbox, and
	// Host, Port and User are no more than a way to read it.
	file string
}

// String names the mailbox.
func (m Mailbox) String() string {
	if m.Port == 0 {
		return fmt.Sprintf("user %s at %s", m.User, m.Host)
	}
	return fmt.Sprintf("user %s at %s, port %d", m.User, m.Host, m.Port)
}

// Len is how many UIDs the tool had fetched.
func (m Mailbox) Len() int { return len(m.uids) }

// among tells which of the UIDs that a server lists the tool had fetched. Of
// listed ones that the tool can't tell apart, nobody can tell which it was.
func (m Mailbox) among(listed []string) map[string]bool {
	alike := make(map[string]int, len(listed))
	for _, uid := range listed {
		alike[m.written(uid)]++
	}
	seen := map[string]bool{}
	for _, uid := range listed {
		if w := m.written(uid); m.uids[w] && alike[w] == 1 {
			seen[uid] = true
		}
	}
	return seen
}

// written is a UID as the tool writes it.
func (m Mailbox) written(uid string) string {
	if m.file != "" { // getmail's alone
		return strings.ReplaceAll(uid, "/", "-")
	}
	return uid
}

// boxes gathers the mailboxes of a file.
type boxes struct {
	all []*Mailbox
	at  map[string]*Mailbox
}

// of gives the mailbox of a user at a host.
func (b *boxes) of(host, user string) *Mailbox {
	key := strings.ToLower(host) + "\x00" + user
	if m, ok := b.at[key]; ok {
		return m
	}
	m := &Mailbox{Host: host, User: user, uids: map[string]bool{}}
	if b.at == nil {
		b.at = map[string]*Mailbox{}
	}
	b.at[key] = m
	b.all = append(b.all, m)
	return m
}

func (b *boxes) list() (all []Mailbox) {
	for _, m := range b.all {
		all = append(all, *m)
	}
	return all
}
