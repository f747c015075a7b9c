package elsewhere

import "strings"

// What Thunderbird means to do with a message that is on the server still
// (UidlStatus in its Pop3Client).
const (
	thunderbirdKeep   = "k" // it has it
	thunderbirdDelete = "d" // it had it, and will delete it
	thunderbirdTooBig = "b" // it has the beginning alone
	thunderbirdFetch  = "f" // so far, and is to fetch the rest
)

// parseThunderbird reads popstate.dat as Thunderbird does
// (https://kb.mozillazine.org/Popstate.dat, and nsPop3Protocol and Pop3Client
// of comm-central): comments, and for each mailbox a line "*host user" with
// lines "status uid [seconds]" after it. A user may have blanks.
func parseThunderbird(l *lines) ([]Mailbox, error) {
	var all boxes
	var m *Mailbox
	for l.next() {
		line := strings.ReplaceAll(l.text, "\t", " ")
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		if names, ok := strings.CutPrefix(line, "*"); ok {
			host, user, _ := strings.Cut(names, " ")
			if user = strings.TrimSpace(user); host == "" || user == "" {
				return nil, l.wrong(`it isn't "*host user"`)
			}
			m = all.of(host, user)
			continue
		}
		if err := l.thunderbirdUID(m, strings.Split(line, " ")); err != nil {
			return nil, err
		}
	}
	return all.list(), nil
}

// thunderbirdUID takes in a message. One of which Thunderbird has a part only
// counts as not fetched.
func (l *lines) thunderbirdUID(m *Mailbox, words []string) error {
	if m == nil {
		return l.wrong(`there is no "*host user" before it`)
	}
	if len(words) != 2 && len(words) != 3 {
		return l.wrong(`it isn't "status uid seconds"`)
	}
	switch words[0] {
	case thunderbirdKeep, thunderbirdDelete:
		return l.add(m, words[1])
	case thunderbirdTooBig, thunderbirdFetch:
		return l.check(words[1])
	default:
		return l.wrong("the status is none of k, d, b and f")
	}
}
