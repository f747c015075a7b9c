package pop3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// bodies are what a server sends after the status line of RETR, up to the
// end of the message, and the message that it is.
var bodies = []struct{ name, sent, want string }{
	{"empty", ".\r\n", ""},
	{"an empty line", "\r\n.\r\n", "\r\n"},
	{"a line", "a\r\n.\r\n", "a\r\n"},
	{"stuffed dots", "..\r\n...\r\n..a\r\n.\r\n", ".\r\n..\r\n.a\r\n"},
	{"dots that are not stuffed", ".a\r\n. \r\n.\ta\r\n.\r\n", ".a\r\n. \r\n.\ta\r\n"},
	{"dots within lines", "a.\r\na..b\r\n.\r\n", "a.\r\na..b\r\n"},
	{"a dot between bare LFs", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"},
	{"a dot after CRLF before a bare LF", "a\r\n.\nb\r\n.\r\n", "a\r\n.\nb\r\n"},
	{"a dot after a bare LF before CRLF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"},
	{"two dots after a bare LF", "a\n..\r\n.\r\n", "a\n..\r\n"},
	{"a dot between bare CRs", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n"},
	{"a dot and a bare CR", "a\r\n.\rb\r\n.\r\n", "a\r\n.\rb\r\n"},
	{"a dot, CR, CR, LF", "a\r\n.\r\r\n.\r\n", "a\r\n.\r\r\n"},
	{"CR before CRLF", "a\r\r\n.\r\n", "a\r\r\n"},
	{"LF, CR", "a\n\r.\r\n.\r\n", "a\n\r.\r\n"},
	{"a stuffed end", "a\r\n..\r\n+OK\r\n.\r\n", "a\r\n.\r\n+OK\r\n"},
	{"answers within", "a\n.\n+OK 9 deleted\r\n-ERR\r\n.\r\n", "a\n.\n+OK 9 deleted\r\n-ERR\r\n"},
	{"NUL and 8 bit", "\x00\x80\xff\r\n\x00\r\n.\r\n", "\x00\x80\xff\r\n\x00\r\n"},
}

// next is what the server sends after a message.
const next = "+OK next\r\n"

func newBody(in *bufio.Reader) *body {
	return &body{in: in, left: 1 << 20, fault: func(err error) error {
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		return err
	}}
}

func TestBodyWhereverItIsSplit(t *testing.T) {
	for _, test := range bodies {
		t.Run(test.name, func(t *testing.T) {
			sent := test.sent + next
			for split := range len(sent) + 1 {
				in := bufio.NewReaderSize(io.MultiReader(strings.NewReader(sent[:split]), strings.NewReader(sent[split:])), 16)
				checkBody(t, in, test.want, func(b *body) ([]byte, error) { return io.ReadAll(b) })
			}
			for size := 1; size <= len(sent); size++ {
				in := bufio.NewReaderSize(strings.NewReader(sent), 16)
				checkBody(t, in, test.want, func(b *body) ([]byte, error) { return readIn(b, size) })
			}
			in := bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(sent)), 16)
			checkBody(t, in, test.want, writeOut)
		})
	}
}

// checkBody reads a message, and then looks where that left the reader.
func checkBody(t *testing.T, in *bufio.Reader, want string, read func(*body) ([]byte, error)) {
	t.Helper()
	got, err := read(newBody(in))
	if err != nil || string(got) != want {
		t.Errorf("read %q, %v; want %q", got, err, want)
	}
	if rest, _ := io.ReadAll(in); string(rest) != next {
		t.Errorf("afterwards comes %q, want %q", rest, next)
	}
}

// readIn reads in pieces of size octets.
func readIn(b *body, size int) (got []byte, err error) {
	for p := make([]byte, size); ; {
		n, err := b.Read(p)
		got = append(got, p[:n]...)
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
	}
}

// writeOut lets the body write itself.
func writeOut(b *body) ([]byte, error) {
	var out bytes.Buffer
	n, err := b.WriteTo(&out)
	if n != int64(out.Len()) {
		err = errors.Join(err, errors.New("WriteTo miscounts"))
	}
	return out.Bytes(), err
}

func TestBodyCutShort(t *testing.T) {
	for _, test := range bodies {
		for n := range len(test.sent) {
			got, err := io.ReadAll(newBody(bufio.NewReader(strings.NewReader(test.sent[:n]))))
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s, cut after %d: read %q, %v; want an unexpected EOF", test.name, n, got, err)
			}
		}
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	for _, test := range []struct {
		limit int64
		fits  bool
	}{{2, false}, {3, true}} {
		b := newBody(bufio.NewReader(strings.NewReader("a\r\n.\r\n")))
		b.left = test.limit
		if _, err := io.ReadAll(b); (err == nil) != test.fits {
			t.Errorf("3 octets with a limit of %d: %v", test.limit, err)
		}
	}
}

func TestBodyLongLine(t *testing.T) {
	line := strings.Repeat("x", 5*bufferSize+1) + "\r\n"
	in := bufio.NewReaderSize(strings.NewReader(line+".\r\n"+next), bufferSize)
	checkBody(t, in, line, writeOut)
}

func TestBodyHandedBack(t *testing.T) {
	in := bufio.NewReader(strings.NewReader("a\r\nb\r\n.\r\n" + next))
	b := newBody(in)
	if _, err := b.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := b.finish(); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Read(make([]byte, 9)); n != 0 || !errors.Is(err, errHandedBack) {
		t.Errorf("a read after the end of the call gives %d octets, %v", n, err)
	}
	if rest, _ := io.ReadAll(in); string(rest) != next {
		t.Errorf("afterwards comes %q, want %q", rest, next)
	}
}

func TestBodyWriterFails(t *testing.T) {
	full := errors.New("disk full")
	b := newBody(bufio.NewReader(strings.NewReader("a\r\n.\r\n")))
	if _, err := b.WriteTo(failing{full}); !errors.Is(err, full) {
		t.Errorf("WriteTo: %v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
