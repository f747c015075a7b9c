package elsewhere

import (
	"errors"
	"fmt"
	"strings"
)

// Wanted is the mailbox that a tool's file is asked about.
type Wanted struct {
	Host string
	Port int
	User string
}

// Choice is the mailbox of a file that is taken for the one wanted.
type Choice struct {
	Mailbox
	// Exact tells that host, user and, where it is known, port are the same.
	Exact bool
	// Proven tells that it is the mailbox wanted: the host is the same, or a
	// UID of those Seen is one that hardly two servers give.
	Proven bool
	// Seen are the listed UIDs that the tool had fetched.
	Seen map[string]bool
}

// namedAtMost is how many mailboxes an error names.
const namedAtMost = 10

// Choose finds the mailbox wanted, whose server lists these UIDs. Servers have
// several names: another host or port will do where the user is the same and
// the tool had fetched what is listed now. Where that is true of several
// mailboxes, or of none, it is an error that names those there are. Another
// host may be another server, where UIDs are as short as "1" on both: who
// takes a Choice that isn't Proven should ask.
func Choose(all []Mailbox, w Wanted, listed []string) (Choice, error) {
	var likely []Choice
	for _, m := range all {
		seen := m.among(listed)
		switch is := m.compare(w); {
		case is == sameMailbox:
			return Choice{Mailbox: m, Exact: true, Proven: true, Seen: seen}, nil
		case is != anotherUser && len(seen) > 0:
			likely = append(likely, Choice{Mailbox: m, Proven: is == sameHost || anyUnique(seen), Seen: seen})
		}
	}
	wanted := fmt.Sprintf("user %s at %s, port %d", w.User, w.Host, w.Port)
	switch {
	case len(likely) == 1:
		return likely[0], nil
	case len(likely) > 1:
		return Choice{}, fmt.Errorf("several mailboxes of the file may be that of %s: %s", wanted, names(all))
	case len(all) == 0:
		return Choice{}, errors.New("the file has no mailbox at all")
	default:
		return Choice{}, fmt.Errorf("the file has no mailbox of %s, and none of that user elsewhere with a UID that is listed now; it has %s", wanted, names(all))
	}
}

// likeness is how a mailbox compares with the one wanted.
type likeness int

const (
	anotherUser likeness = iota
	sameUser             // on another host
	sameHost             // and the same user, but for the port or capitals
	sameMailbox
)

func (m Mailbox) compare(w Wanted) likeness {
	switch {
	case m.file != "":
		return compareGetmail(m.file, w)
	case !strings.EqualFold(m.User, w.User):
		return anotherUser
	case !strings.EqualFold(m.Host, w.Host):
		return sameUser
	case m.User != w.User:
		return sameHost
	default:
		return sameMailbox
	}
}

// uniqueUID is how many octets a UID has at the least that has the server's
// name, the time or chance in it: Dovecot's and Courier's have 16.
const uniqueUID = 16

// anyUnique tells whether one of the UIDs is such. A mere number is none.
func anyUnique(uids map[string]bool) bool {
	for uid := range uids {
		if len(uid) >= uniqueUID && strings.Trim(uid, "0123456789") != "" {
			return true
		}
	}
	return false
}

func names(all []Mailbox) string {
	var b strings.Builder
	for i, m := range all {
		if i == namedAtMost {
			fmt.Fprintf(&b, " and %d more", len(all)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(m.String())
	}
	return b.String()
}
