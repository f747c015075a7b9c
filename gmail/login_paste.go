package gmail

import (
	"bufio"
	"errors"
	"io"
	"net/url"
	"strings"
)

// readPasted takes the answer from a person, who may try again.
func (r *redirect) readPasted(paste io.Reader) {
	lines := bufio.NewScanner(paste)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		select {
		case <-r.over:
			return
		default:
		}
		answer, err := r.readLine(line)
		if err == nil {
			r.deliver(answer)
			return
		}
		r.prompt.say("%v; paste the address of the last page.\n", err)
	}
}

// readLine reads a pasted address, or what stands behind its question mark. A
// code alone is not enough: without the state nobody can tell whose it is.
func (r *redirect) readLine(line string) (redirectAnswer, error) {
	_, query, isAddress := strings.Cut(line, "?")
	if !isAddress {
		query = line
	}
	query, _, _ = strings.Cut(query, "#")
	if !strings.Contains(query, "state=") {
		return redirectAnswer{}, errors.New("this is no whole address")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return redirectAnswer{}, errors.New("this is no whole address")
	}
	return r.read(values)
}
