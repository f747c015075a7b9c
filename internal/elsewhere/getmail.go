package elsewhere

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// getmailName is how getmail calls a file, "oldmail-host-port-user", in
	// which each run of some characters became "-". Where host or user have
	// such, it can be read in several ways.
	getmailName  = regexp.MustCompile(`^oldmail-(.+?)-([0-9]{1,5})-(.+)$`)
	getmailPlace = regexp.MustCompile(`^oldmail-.+-[0-9]{1,5}-$`)
	getmailLoss  = regexp.MustCompile(`[/\\:;<>|]+`)
)

// parseGetmail reads an oldmail file of getmail6 (tried with 6.18.11): a line
// for each message, the UID and when it was fetched with a NUL between them.
// In the UID each "/" became "-". Only the file's name tells whose they are.
func parseGetmail(name string, l *lines) ([]Mailbox, error) {
	parts := getmailName.FindStringSubmatch(name)
	if parts == nil {
		return nil, errors.New("it isn't called oldmail-HOST-PORT-USER, as getmail calls it, so whose it is can't be told")
	}
	port, err := strconv.Atoi(parts[2])
	if err != nil {
		return nil, err
	}
	m := Mailbox{Host: parts[1], Port: port, User: parts[3], uids: map[string]bool{}, file: name}
	for l.next() {
		if strings.TrimSpace(l.text) == "" {
			continue
		}
		uid, at, ok := strings.Cut(l.text, "\x00")
		if !ok {
			return nil, l.wrong("it isn't a UID, NUL and seconds")
		}
		if _, err := strconv.ParseInt(at, 10, 64); err != nil {
			return nil, l.wrong("what follows the NUL is no number of seconds")
		}
		if err := l.add(&m, uid); err != nil {
			return nil, err
		}
	}
	return []Mailbox{m}, nil
}

// compareGetmail tells from a file's name whose it is.
func compareGetmail(file string, w Wanted) likeness {
	user := getmailLoss.ReplaceAllString(w.User, "-")
	host := getmailLoss.ReplaceAllString("oldmail-"+w.Host+"-", "-")
	place, ok := strings.CutSuffix(file, user)
	switch {
	case !ok:
		return anotherUser
	case strings.EqualFold(place, fmt.Sprintf("%s%d-", host, w.Port)):
		return sameMailbox
	case !getmailPlace.MatchString(place):
		return anotherUser
	case strings.EqualFold(strings.TrimRight(strings.TrimSuffix(place, "-"), "0123456789"), host):
		return sameHost
	default:
		return sameUser
	}
}
