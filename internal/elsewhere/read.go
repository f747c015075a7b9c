package elsewhere

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	// maxFile limits a file, in octets: 250,000 messages with a long name of
	// a mailbox beside each UID have room.
	maxFile = 64 << 20
	// maxLine limits a line, in octets: a UID of 1 KB, and names.
	maxLine = 4 << 10
	// maxUID is what servers' UIDs are limited to, in octets.
	maxUID = 1 << 10
	// maxUIDs limits how many a file may have.
	maxUIDs = 1_000_000
)

// Read gives the mailboxes in a tool's file. A file that isn't what the tool
// writes is an error, which names the line: what is taken for fetched is not
// imported.
func Read(tool Tool, path string) ([]Mailbox, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the file of %s: %w", tool, err)
	case !info.Mode().IsRegular(): // a pipe would be waited for
		return nil, fmt.Errorf("read the file of %s: %s is no file", tool, path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("read the file of %s: %s has %d octets, which is more than any such file", tool, path, info.Size())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the file of %s: %w", tool, err)
	}
	found, err := parse(tool, filepath.Base(path), io.LimitReader(f, maxFile))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s as a file of %s: %w", path, tool, err)
	}
	return found, nil
}

func parse(tool Tool, name string, r io.Reader) ([]Mailbox, error) {
	l := &lines{scanner: bufio.NewScanner(r)}
	l.scanner.Buffer(nil, maxLine)
	var found []Mailbox
	var err error
	switch tool {
	case Getmail:
		found, err = parseGetmail(name, l)
	case Mpop:
		found, err = parseMpop(l)
	case Fetchmail:
		found, err = parseFetchmail(l)
	case Thunderbird:
		found, err = parseThunderbird(l)
	default:
		return nil, fmt.Errorf("no tool is called %s", tool)
	}
	if failed := l.scanner.Err(); failed != nil { // it says more
		l.number++
		return nil, l.wrong(failed.Error())
	}
	return found, err
}

// lines are the lines of a file, which end with LF or CRLF.
type lines struct {
	scanner *bufio.Scanner
	number  int
	text    string
	uids    int
}

func (l *lines) next() bool {
	if !l.scanner.Scan() {
		return false
	}
	l.number++
	l.text = l.scanner.Text()
	return true
}

func (l *lines) wrong(why string) error { return fmt.Errorf("line %d: %s", l.number, why) }

// add notes a UID of the line as fetched.
func (l *lines) add(m *Mailbox, uid string) error {
	if err := l.check(uid); err != nil {
		return err
	}
	m.uids[uid] = true
	return nil
}

// check refuses what no server that the tools get on with lists as a UID.
func (l *lines) check(uid string) error {
	if l.uids++; l.uids > maxUIDs {
		return l.wrong(fmt.Sprintf("there are more than %d UIDs", maxUIDs))
	}
	if uid == "" || len(uid) > maxUID {
		return l.wrong(fmt.Sprintf("a UID has 1 to %d octets", maxUID))
	}
	for _, c := range []byte(uid) {
		if c <= ' ' || c == 0x7f {
			return l.wrong("a UID has no spaces or control characters")
		}
	}
	return nil
}
