package app_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// What no answer makes popbridge hold, or take, in octets.
const (
	heapForALine    = 8 << 20
	takenForALine   = 1 << 20
	takenForAHeader = 18 << 20
	takenForAll     = 170 << 20
)

// TestEndlessAnswers: whatever has no end is ended, at little cost, with a
// clear word, and nothing but that account's work is left undone.
func TestEndlessAnswers(t *testing.T) {
	numbered := func(i int) string { return strconv.Itoa(i+1) + " u" + strconv.Itoa(i) + "\r\n" }
	long := again("x")
	h := newHarness(t)
	for _, row := range []struct {
		name    string
		answers map[string]answer
		exit    int
		say     string
		taken   int64
	}{
		{"greeting", map[string]answer{"greeting": endless("+OK ", long)}, 69, "a line is longer than", takenForALine},
		{"greeting of NULs", map[string]answer{"greeting": endless("", again("\x00"))}, 69, "a line is longer than", takenForALine},
		{"line of CAPA", map[string]answer{"CAPA": endless("+OK\r\nSASL ", long)}, 69, "CAPA: a line is longer than", takenForALine},
		{"lines of CAPA", map[string]answer{"CAPA": endless("+OK\r\n", again("SASL X\r\n"))}, 69, "CAPA: the answer is too long", takenForALine},
		{"refusal of the user", map[string]answer{"USER": endless("-ERR ", long)}, 69, "USER: a line is longer than", takenForALine},
		{"refusal of the password", map[string]answer{"PASS": endless("-ERR [AUTH] ", long)}, 69, "PASS: a line is longer than", takenForALine},
		{"STAT", map[string]answer{"STAT": endless("+OK 1", again("0"))}, 69, "STAT: a line is longer than", takenForALine},
		{"line of UIDL", map[string]answer{"UIDL": endless("+OK\r\n1 ", long)}, 69, "UIDL: a line is longer than", takenForALine},
		{"line of LIST", map[string]answer{"LIST": endless("+OK\r\n1 1000 ", long)}, 69, "LIST: a line is longer than", takenForALine},
		{"empty lines of LIST", map[string]answer{"LIST": endless("+OK\r\n", again("\r\n"))}, 69, "LIST: malformed line", takenForALine},
		{"refusal of TOP", map[string]answer{"TOP": endless("-ERR ", long)}, 0, "", takenForALine},
		{"refusal of RETR", map[string]answer{"RETR": endless("-ERR ", long)}, 69, "a line is longer than", takenForALine},
		{"refusal of QUIT", map[string]answer{"QUIT": endless("-ERR ", long)}, 69, "a line is longer than", takenForALine},
		{"header by TOP", map[string]answer{"TOP": endless("+OK\r\n", again("X-More: and more\r\n"))}, 0, "", takenForAHeader},
		{"message", map[string]answer{"RETR": once(endless("+OK\r\n\r\n", again("more\r\n")))}, 69, "RETR 1: refused by the server", takenForAll},
		{"UIDL", map[string]answer{"UIDL": endless("+OK\r\n", numbered)}, 69, "UIDL: the listing has more than", takenForAHeader},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := startRogue(t, row.answers)
			h.onlyRogue(r)
			h.account(fmt.Sprint("shop", r.port())).Add("u", mail(fmt.Sprint(r.port()), "x\r\n"))
			before, exit := len(h.gmail.Messages(h.address)), 0
			heap := peakHeap(func() { exit = h.run("run", "-v") })
			if exit != row.exit {
				t.Errorf("exit %d, want %d\n%s", exit, row.exit, &h.err)
			}
			if n := r.sent.Load(); n > row.taken {
				t.Errorf("it took %d octets", n)
			}
			// What a listing holds shows the client's own test.
			if heap > heapForALine && row.name != "UIDL" {
				t.Errorf("it held %d octets", heap)
			}
			if said := h.err.String(); !strings.Contains(said, row.say) || len(said) > 20_000 {
				t.Errorf("it says %s, want %q", said, row.say)
			}
			imported := 1
			if row.exit == 0 {
				imported++
			}
			h.expectInGmail(before + imported)
		})
	}
}

// TestMailboxOfManyMessages: what a run knows of a message takes little memory,
// so that the largest mailbox takes no more than a small machine has.
func TestMailboxOfManyMessages(t *testing.T) {
	const messages = 3_000
	listing := func(line func(i int) string) answer {
		var b strings.Builder
		for i := range messages {
			b.WriteString(line(i))
		}
		return says("+OK\r\n" + b.String() + ".\r\n")
	}
	h := newHarness(t)
	h.rogueAccount("rogue", startRogue(t, map[string]answer{
		"STAT": says(fmt.Sprintf("+OK %d 1\r\n", messages)),
		"UIDL": listing(func(i int) string { return fmt.Sprintf("%d 0123456789abcdef0123456789ab%08d\r\n", i+1, i) }),
		"LIST": listing(func(i int) string { return fmt.Sprintf("%d 1000\r\n", i+1) }),
	}))
	for _, args := range [][]string{{"adopt", "rogue"}, {"run"}, {"run", "-n", "--json"}, {"status"}} {
		if each := peakHeap(func() { h.expect(0, args...) }) / messages; each > 6<<10 {
			t.Errorf("%q held %d octets of each message", args, each)
		}
	}
	h.expectPrinted("3,000 messages")
}
