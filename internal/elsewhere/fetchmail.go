package elsewhere

import "strings"

// parseFetchmail reads a .fetchids file as fetchmail 6 does: a line for each
// message, "user@host uid", with nothing escaped (tried with 6.4.37). A user
// may have blanks before its first "@", and a UID may have any "@".
func parseFetchmail(l *lines) ([]Mailbox, error) {
	var all boxes
	for l.next() {
		line := strings.TrimLeft(l.text, " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		const form = `it isn't "user@host uid"`
		first := strings.IndexByte(line, '@')
		if first < 0 {
			return nil, l.wrong(form)
		}
		end := strings.IndexByte(line[first:], ' ')
		if end < 0 {
			return nil, l.wrong(form)
		}
		mailbox := strings.TrimRight(line[:first+end], " \t")
		at := strings.LastIndexByte(mailbox, '@')
		if at <= 0 || at == len(mailbox)-1 {
			return nil, l.wrong(form)
		}
		uid := strings.Trim(line[first+end:], " ")
		if err := l.add(all.of(mailbox[at+1:], mailbox[:at]), uid); err != nil {
			return nil, err
		}
	}
	return all.list(), nil
}
