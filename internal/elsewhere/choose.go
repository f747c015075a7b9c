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
	// Seen are the listed UIDs that the tool had fetched.
	Seen map[string]bool
}

// namedAtMost is how many mailboxes an error names.
const namedAtMost = 10

// Choose finds the mailbox wanted, whose server lists these UIDs. Servers have
// several names: another host or port will do where the user is the same and
// the tool had fetched what is listed now. Where that is true of several
// mailboxes, or of none, it is an error that names those there are.
func Choose(all []Mailbox, w Wanted, listed []string) (Choice, error) {
	var likely []Choice
	for _, m := range all {
		exact, sameUser := m.is(w)
		if exact {
			return Choice{Mailbox: m, Exact: true, Seen: m.among(listed)}, nil
		}
		if !sameUser {
			continue
		}
		if seen := m.among(listed); len(seen) > 0 {
			likely = append(likely, Choice{Mailbox: m, Seen: seen})
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

// is tells whether it is the mailbox wanted, and whether it is one of a user
// of that name.
func (m Mailbox) is(w Wanted) (exact, sameUser bool) {
	if m.file != "" {
		return isGetmailFile(m.file, w)
	}
	return strings.EqualFold(m.Host, w.Host) && m.User == w.User, strings.EqualFold(m.User, w.User)
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
