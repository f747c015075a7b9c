package pop3_test

import (
	"bufio"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// numbered serves a mailbox of so many messages by STAT, and so many by UIDL
// and LIST, whose UIDs begin with uid and go on with eight digits.
func numbered(stat, listed int, uid string) func(net.Conn) {
	return func(c net.Conn) {
		in, out := bufio.NewReader(c), bufio.NewWriterSize(c, 64<<10)
		out.WriteString("+OK\r\n")
		for out.Flush() == nil {
			command, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch command {
			case "CAPA\r\n":
				out.WriteString("+OK\r\nUIDL\r\n.\r\n")
			case "STAT\r\n":
				fmt.Fprintf(out, "+OK %d 1\r\n", stat)
			case "UIDL\r\n", "LIST\r\n":
				out.WriteString("+OK\r\n")
				for i := range listed {
					if command[0] == 'U' {
						fmt.Fprintf(out, "%d %s%08d\r\n", i+1, uid, i)
					} else {
						fmt.Fprintf(out, "%d 1000\r\n", i+1)
					}
				}
				out.WriteString(".\r\n")
			default:
				out.WriteString("+OK\r\n")
			}
		}
	}
}

// TestLargestMailbox is listed in memory that a small machine has.
func TestLargestMailbox(t *testing.T) {
	const messages = 250_000
	s := dial(t, listener(t, numbered(messages, messages, "0123456789abcdef0123456789ab")))
	var before, after, held runtime.MemStats
	runtime.ReadMemStats(&before)
	l, err := s.List(t.Context())
	runtime.ReadMemStats(&after)
	if err != nil || l.Flaw != "" || len(l.Entries) != messages || l.Octets != 1000*messages {
		t.Fatalf("%d messages, flaw %q, %v", len(l.Entries), l.Flaw, err)
	}
	runtime.GC()
	runtime.ReadMemStats(&held)
	if n := (after.TotalAlloc - before.TotalAlloc) / messages; n > 800 {
		t.Errorf("%d octets were allocated for each message", n)
	}
	if n := int64(held.HeapAlloc-before.HeapAlloc) / messages; n > 120 {
		t.Errorf("%d octets are held of each message", n)
	}
	runtime.KeepAlive(l)
}

// TestTooLargeMailbox ends at the first word of it, or at the first message
// too many.
func TestTooLargeMailbox(t *testing.T) {
	for name, test := range map[string]struct {
		stat, listed int
		uid          string
		say          string
		most         int64
	}{
		"a million":          {1_000_000, 1_000_000, "u", "the mailbox has 1000000 messages, more than 250000", 100},
		"more than it tells": {7, 260_000, "u", "the listing has more than 250000 messages", 12 << 20},
		"long UIDs":          {40_000, 40_000, strings.Repeat("u", 1000), "the answer is too long", 33 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			s := dial(t, listener(t, numbered(test.stat, test.listed, test.uid)))
			_, err := s.List(t.Context())
			if e := wantKind(t, err, pop3.Protocol); !strings.Contains(e.Error(), test.say) {
				t.Errorf("it says %v, want %q", e, test.say)
			}
			if n := s.Stats().BytesIn; n > test.most {
				t.Errorf("%d octets were read", n)
			}
		})
	}
}
