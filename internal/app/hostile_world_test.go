package app_test

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// rogue is a POP3 server in the clear that answers as a test likes. What is
// not said otherwise is what a server with one message of a thousand octets
// says.
type rogue struct {
	listener net.Listener
	answers  map[string]answer
	sessions sync.WaitGroup
	// sent counts the octets that the client's side took.
	sent     atomic.Int64
	mu       sync.Mutex
	commands []string
}

// answer says what is to be said to a command ("greeting" before any), after
// which the session goes on unless it fails.
type answer func(w io.Writer) error

// says is an answer as it stands.
func says(text string) answer {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// plainly is what a plain server says.
var plainly = map[string]answer{
	"greeting": says("+OK\r\n"), "CAPA": says("+OK\r\nUIDL\r\nTOP\r\nUSER\r\n.\r\n"), "USER": says("+OK\r\n"), "PASS": says("+OK\r\n"),
	"STAT": says("+OK 1 1000\r\n"), "UIDL": says("+OK\r\n1 u1\r\n.\r\n"), "LIST": says("+OK\r\n1 1000\r\n.\r\n"),
	"TOP":  says("+OK\r\nFrom: a@example.org\r\nMessage-ID: <u1@example.org>\r\n\r\n.\r\n"),
	"RETR": says("+OK\r\nFrom: a@example.org\r\nMessage-ID: <u1@example.org>\r\n\r\n" + strings.Repeat("x", 942) + "\r\n.\r\n"),
	"DELE": says("+OK\r\n"), "QUIT": says("+OK\r\n"),
}

func startRogue(t *testing.T, answers map[string]answer) *rogue {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rogue{listener: l, answers: answers}
	r.sessions.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.sessions.Go(func() { r.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); r.sessions.Wait() })
	return r
}

func (r *rogue) port() int { return r.listener.Addr().(*net.TCPAddr).Port }

func (r *rogue) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetWriteBuffer(64 << 10) // so that what counts as sent was taken
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	in := bufio.NewReader(conn)
	for command := "greeting"; command != ""; {
		answer := r.answers[command]
		if answer == nil {
			answer = plainly[command]
		}
		if answer == nil {
			answer = says("-ERR\r\n")
		}
		if err := answer(counting{conn, &r.sent}); err != nil || command == "QUIT" {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command, _, _ = strings.Cut(strings.TrimSpace(line), " ")
		r.mu.Lock()
		r.commands = append(r.commands, strings.TrimSpace(line))
		r.mu.Unlock()
	}
}

type counting struct {
	w io.Writer
	n *atomic.Int64
}

func (c counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// errEnough is what an endless answer ends with where the client takes more
// than it ever should.
var errEnough = errors.New("the client takes everything")

// endless begins an answer and then sends more of it until the client has had
// enough, or has taken far too much.
func endless(begin string, more func(i int) string) answer {
	const far = 1 << 30
	return func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 32<<10)
		n, err := out.WriteString(begin)
		for i, sent := 0, n; err == nil; i++ {
			if sent > far {
				return errEnough
			}
			n, err = out.WriteString(more(i))
			sent += n
		}
		return err
	}
}

// once is an answer that is a plain refusal from the second time on.
func once(first answer) answer {
	var asked atomic.Bool
	return func(w io.Writer) error {
		if asked.Swap(true) {
			return says("-ERR\r\n")(w)
		}
		return first(w)
	}
}

// again is an endless repetition.
func again(text string) func(int) string {
	text = strings.Repeat(text, 1+4096/len(text))
	return func(int) string { return text }
}

// onlyRogue makes an account at a rogue, of which nothing is known yet, the
// only one.
func (h *harness) onlyRogue(r *rogue, keys ...string) {
	h.t.Helper()
	h.tables = nil
	h.rogueAccount(fmt.Sprint("rogue", r.port()), r, keys...)
}

// rogueAccount adds an account at a rogue.
func (h *harness) rogueAccount(name string, r *rogue, keys ...string) {
	h.t.Helper()
	h.tables = append(h.tables, fmt.Sprintf("[[pop3]]\nname = %q\nhost = \"127.0.0.1\"\nport = %d\nuser = \"me\"\npassword = \"secret of shop\"\ntls = \"none\"\n%s\n",
		name, r.port(), strings.Join(keys, "\n")))
	h.configure()
}

// peakHeap runs something and tells by how many octets the heap was larger
// meanwhile, at most, than it was before.
func peakHeap(run func()) int64 {
	runtime.GC()
	before := heapNow()
	stop, peak := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				peak <- most
				return
			case <-tick.C:
				most = max(most, heapNow()-before)
			}
		}
	}()
	run()
	close(stop)
	return <-peak
}

// heapNow is what the heap has, garbage included.
func heapNow() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// checkPrintable fails the test where a terminal might obey what was said.
func checkPrintable(t *testing.T, where, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 || !utf8.ValidString(line) {
			t.Errorf("%s is not printable at %d: %q", where, i, line)
		}
	}
}

// digestOf is the SHA-256 of a message, in hexadecimal.
func digestOf(raw []byte) string { return fmt.Sprintf("%x", sha256.Sum256(raw)) }
