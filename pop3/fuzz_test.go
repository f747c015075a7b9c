package pop3

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
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

func FuzzListing(f *testing.F) {
	f.Add("1 a\r\n2 b\r\n.\r\n", "1 100\r\n2 200\r\n.\r\n", 2)
	f.Add("2 b\r\n1 a\r\n.\r\n", "1 100 octets\r\n.\r\n", 1)
	f.Add(".\r\n", ".\r\n", 0)
	f.Add("1 a\n\r\n.\r\n", "1 -1\r\n.\r\n", 1)
	f.Add("0 a\r\n.\r\n", "1 1\r\n1 1\r\n.\r\n", 1)
	f.Add("1 \x00\xff \r\n.\r\n", "1 9999999999999\r\n.\r\n", 1)
	f.Fuzz(func(t *testing.T, uidl, list string, count int) {
		uids, err := readEntries(bufio.NewReaderSize(strings.NewReader(uidl), bufferSize), maxEntries, parseUID)
		if err != nil {
			return
		}
		sizes, err := readEntries(bufio.NewReaderSize(strings.NewReader(list), bufferSize), maxEntries, parseSize)
		if err != nil {
			return
		}
		l := merge(count, uids, sizes, true)
		if whole := count == len(uids) && count == len(sizes) && count == len(l.Entries); whole != (l.Flaw == "") {
			t.Errorf("STAT %d, UIDL %v, LIST %v has flaw %q", count, uids, sizes, l.Flaw)
		}
		for i, e := range l.Entries {
			inUIDL := slices.Contains(uids, Entry{Number: e.Number, UID: e.UID})
			inLIST := slices.Contains(sizes, Entry{Number: e.Number, Size: e.Size})
			rising := i == 0 || l.Entries[i-1].Number < e.Number
			if !inUIDL || !inLIST || !rising || e.Number < 1 || e.UID == "" || strings.ContainsAny(e.UID, " \r\n") {
				t.Errorf("entry %+v of UIDL %v, LIST %v", e, uids, sizes)
			}
		}
	})
}
