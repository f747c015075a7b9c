package elsewhere

import (
	"strconv"
	"strings"
)

// parseMpop reads an uidls_file as mpop does (tried with 1.4.18): comments at
// the top; for each mailbox a line that begins with a space, " n host user",
// and n lines with a UID each.
func parseMpop(l *lines) ([]Mailbox, error) {
	var all boxes
	var m *Mailbox
	left, top := 0, true
	for l.next() {
		if top && strings.HasPrefix(l.text, "#") {
			continue
		}
		switch {
		case left > 0 && strings.HasPrefix(l.text, " "):
			return nil, l.wrong("there are fewer UIDs above it than announced")
		case left > 0:
			left--
			if err := l.add(m, l.text); err != nil {
				return nil, err
			}
		case strings.TrimSpace(l.text) == "":
		default:
			top = false
			host, user, n, err := l.mpopMailbox()
			if err != nil {
				return nil, err
			}
			m, left = all.of(host, user), n
		}
	}
	if left > 0 {
		return nil, l.wrong("there are fewer UIDs than announced")
	}
	return all.list(), nil
}

func (l *lines) mpopMailbox() (host, user string, n int, err error) {
	words := strings.Split(l.text, " ")
	if len(words) != 4 || words[0] != "" || words[2] == "" || words[3] == "" {
		return "", "", 0, l.wrong(`it isn't " number-of-uids host user"`)
	}
	n, err = strconv.Atoi(words[1])
	if err != nil || n < 1 {
		return "", "", 0, l.wrong("the number of UIDs is none")
	}
	return words[2], words[3], n, nil
}
