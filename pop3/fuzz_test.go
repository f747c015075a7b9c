package pop3

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// reference finds the message the slow way: by lines that end with CRLF.
func reference(sent []byte) (message, rest []byte, ok bool) {
	for {
		line, after, found := bytes.Cut(sent, crlf)
		if !found {
			return nil, nil, false
		}
		if string(line) == "." {
			return message, after, true
		}
		if bytes.HasPrefix(line, []byte("..")) {
			line = line[1:]
		}
		message = append(append(message, line...), crlf...)
		sent = after
	}
}

// chunks is a reader that gives at most n octets at a time.
type chunks struct {
	in io.Reader
	n  int
}

func (c chunks) Read(p []byte) (int, error) { return c.in.Read(p[:min(len(p), c.n)]) }

func FuzzBody(f *testing.F) {
	for i, test := range bodies {
		f.Add([]byte(test.sent+next), uint8(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, sent []byte, chunk, size uint8) {
		in := bufio.NewReaderSize(chunks{bytes.NewReader(sent), int(chunk) + 1}, 16)
		b := newBody(in)
		b.left = int64(len(sent))
		got, err := readIn(b, int(size)+1)
		want, after, ok := reference(sent)
		if (err == nil) != ok {
			t.Fatalf("error is %v, want one: %v", err, !ok)
		}
		if !ok {
			return
		}
		if !bytes.Equal(got, want) {
			t.Errorf("read %q, want %q", got, want)
		}
		if rest, _ := io.ReadAll(in); !bytes.Equal(rest, after) {
			t.Errorf("afterwards comes %q, want %q", rest, after)
		}
	})
}

// What a line of UIDL and of LIST is, in one look.
var (
	uidLine  = regexp.MustCompile(`(?s)^0*([1-9][0-9]{0,9}) +([^ \r]+) *$`)
	sizeLine = regexp.MustCompile(`(?s)^0*([1-9][0-9]{0,9}) +0*([0-9]{1,13})(?:[ \t].*)?$`)
)

// listed reads a listing the slow way, all or nothing: what follows each
// number.
func listed(answer string, line *regexp.Regexp, most func(number, value string) bool) (all map[string]string, ok bool) {
	all = map[string]string{}
	for {
		text, rest, found := strings.Cut(answer, "\n")
		text, crlf := strings.CutSuffix(text, "\r")
		switch {
		case !found || !crlf || len(text)+2 > maxLine:
			return nil, false
		case text == ".":
			return all, true
		case strings.HasPrefix(text, ".."):
			text = text[1:]
		}
		part := line.FindStringSubmatch(text)
		if part == nil || all[part[1]] != "" || !most(part[1], part[2]) {
			return nil, false
		}
		all[part[1]], answer = part[2], rest
	}
}

// atMost tells whether a decimal number without leading zeros is within a limit.
func atMost(number, limit string) bool {
	return len(number) < len(limit) || len(number) == len(limit) && number <= limit
}

func FuzzListing(f *testing.F) {
	f.Fuzz(func(t *testing.T, uidl, list string, count int) {
		uids, uidErr := readEntries(buffered(uidl), maxEntries, parseUID)
		wantUIDs, ok := listed(uidl, uidLine, func(number, uid string) bool {
			return atMost(number, "2147483647") && len(uid) <= maxUID
		})
		if (uidErr == nil) != ok || ok && len(uids) != len(wantUIDs) {
			t.Fatalf("UIDL %q: read %v, %v; want %v, %v", uidl, uids, uidErr, wantUIDs, ok)
		}
		sizes, sizeErr := readEntries(buffered(list), maxEntries, parseSize)
		wantSizes, ok := listed(list, sizeLine, func(number, size string) bool {
			return atMost(number, "2147483647") && atMost(size, "1099511627776")
		})
		if (sizeErr == nil) != ok || ok && len(sizes) != len(wantSizes) {
			t.Fatalf("LIST %q: read %v, %v; want %v, %v", list, sizes, sizeErr, wantSizes, ok)
		}
		if uidErr == nil && sizeErr == nil {
			checkMerged(t, merge(count, uids, sizes, true), count, wantUIDs, wantSizes)
		}
	})
}

// checkMerged holds a listing against what UIDL and LIST said.
func checkMerged(t *testing.T, l Listing, count int, uids, sizes map[string]string) {
	both, octets := 0, int64(0)
	for number := range uids {
		if sizes[number] != "" {
			both++
		}
	}
	for i, e := range l.Entries {
		number := decimal(int64(e.Number))
		if uids[number] != e.UID || sizes[number] != decimal(e.Size) || i > 0 && l.Entries[i-1].Number >= e.Number {
			t.Errorf("entry %+v of UIDL %v, LIST %v", e, uids, sizes)
		}
		octets += e.Size
	}
	whole := count == len(uids) && count == len(sizes) && count == both
	if len(l.Entries) != both || l.Octets != octets || whole != (l.Flaw == "") {
		t.Errorf("STAT %d, UIDL %v, LIST %v give %+v", count, uids, sizes, l)
	}
}

// decimal writes a number without the package that the parser would use.
func decimal(n int64) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}

// checkPrintable fails the test where a terminal might obey a text.
func checkPrintable(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("not printable: %q", text)
	}
}

// What a status line and the capability that lets servers delete are.
var (
	statusLine  = regexp.MustCompile(`(?s)^(?:\+[Oo][Kk](?:[ \t].*)?|-[Ee][Rr][Rr](?:[ \t[].*)?)$`)
	codeText    = regexp.MustCompile(`^[A-Z0-9/_.-]*$`)
	expiresZero = regexp.MustCompile(`(?i)^ *EXPIRE +0+(?: |$)`)
)

// FuzzReply reads a line as a status line, a greeting and a capability.
func FuzzReply(f *testing.F) {
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.ReplaceAll(line, "\n", " ")
		r, err := parseReply(line)
		if (err == nil) != statusLine.MatchString(line) {
			t.Fatalf("%q is read as %+v, %v", line, r, err)
		}
		if r.ok != (err == nil && line[0] == '+') || r.ok && r.code != "" || !codeText.MatchString(r.code) {
			t.Errorf("%q is read as %+v", line, r)
		}
		if kind := loginKind(r); r.code == "AUTH" && kind != Auth || kind < Unreachable || kind > Refused {
			t.Errorf("%q at the login is of kind %d", line, kind)
		}
		shown := (&Session{secret: "hunter2"}).printable(r.text)
		if checkPrintable(t, shown); utf8.RuneCountInString(shown) > 10*maxReplyText+1 || strings.Contains(shown, "hunter2") {
			t.Errorf("%q is shown as %q", line, shown)
		}
		if stamp := timestamp.FindString(r.text); strings.ContainsFunc(stamp, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q has the timestamp %q", line, stamp)
		}
		var c Capabilities
		c.add(line)
		if !isASCII(line) {
			return // the upper case of other letters is no concern of POP3
		}
		if c.Expire.DeletesRetrieved() != expiresZero.MatchString(line) || c.Expire.Days < 0 || c.LoginDelay < 0 {
			t.Errorf("%q means %+v", line, c)
		}
		if slices.ContainsFunc(c.SASL, func(m string) bool { return m == "" || strings.ContainsAny(m, " \t") }) {
			t.Errorf("%q has the mechanisms %q", line, c.SASL)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
