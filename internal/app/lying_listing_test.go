package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// Listings that contradict themselves, or can't be read, once: nothing goes
// though all is due, and nothing is fetched again afterwards.
func TestListingThatIsWrongOnce(t *testing.T) {
	uid := func(text string) func([]string) []string {
		return func(lines []string) []string { lines[1] = "2 " + text; return lines }
	}
	w := story{}.begin(t, true)
	w.expectRun(0)
	w.h.advance(retentionOfStories)
	w.h.pop.ResetCounters()
	for _, c := range []struct {
		what, kind string
		edit       func(lines []string) []string
	}{
		{"STAT counts one more", "STAT", func([]string) []string { return []string{"7 999"} }},
		{"STAT counts one less", "STAT", func([]string) []string { return []string{"5 999"} }},
		{"STAT counts none", "STAT", func([]string) []string { return []string{"0 0"} }},
		{"LIST is short", "LIST", func(lines []string) []string { return lines[:5] }},
		{"LIST is empty", "LIST", func([]string) []string { return nil }},
		{"UIDL is short", "UIDL", func(lines []string) []string { return lines[:5] }},
		{"UIDL is empty", "UIDL", func([]string) []string { return nil }},
		{"UIDL names another number", "UIDL", func(lines []string) []string { lines[5] = "7 uid5"; return lines }},
		{"a number twice", "LIST", func(lines []string) []string { lines[5] = lines[4]; return lines }},
		{"number 0", "UIDL", func(lines []string) []string { lines[0] = "0 uid0"; return lines }},
		{"a negative size", "LIST", func(lines []string) []string { lines[0] = "1 -1"; return lines }},
		{"an endless size", "LIST", func(lines []string) []string { lines[0] = "1 " + strings.Repeat("9", 40); return lines }},
		{"no UID", "UIDL", uid("")},
		{"a UID over 1 KB", "UIDL", uid(strings.Repeat("u", 1025))},
		{"a UID with a blank", "UIDL", uid("u 1")},
	} {
		t.Run(c.what, func(t *testing.T) {
			w.box.EditListing(func(kind string, lines []string) []string {
				if kind == c.kind {
					return c.edit(lines)
				}
				return lines
			})
			if code, wrong := w.run(); code != 69 || wrong != "" {
				t.Errorf("exit %d, want 69; %s", code, wrong)
			}
			w.h.expectLeft(w.box, 6)
		})
	}
	w.box.EditListing(nil)
	w.expectRun(0)
	w.h.expectSent("RETR", 0)
	w.h.expectLeft(w.box, 0)
	w.expectAllInGmail()
}

// CAPA promises a UIDL that is then refused: taken at its word, the server
// would make all mail look new.
func TestUIDLThatIsWithdrawnForARun(t *testing.T) {
	w := story{}.begin(t, true)
	w.expectRun(0)
	withheld("UIDL")(w)
	for range 2 {
		w.expectRun(69)
	}
	w.h.run("run", "-v")
	w.h.expectSaid("refused by the server, whose CAPA has UIDL")
	w.h.setPOPFault(nil)
	w.h.pop.ResetCounters()
	w.expectRun(0)
	w.h.expectSent("RETR", 0)
	w.expectDeletions(false)
	w.expectAllInGmail()
}

// A size of a TB is no reason to give the message up once it is announced
// rightly.
func TestSizeThatWasRefusedAndIsMended(t *testing.T) {
	w := story{mail: sixWith(sized(func(int64) int64 { return 1 << 40 }))}.begin(t, true)
	w.expectRun(65)
	w.expectRun(0)
	w.h.expectSent("RETR", 0)
	sized(func(n int64) int64 { return n })(w)
	w.expectRun(0)
	w.expectAllInGmail()
	w.expectDeletions(false)
}

// A body that was cut, once or each time otherwise, comes whole in the end.
func TestBodyThatIsCut(t *testing.T) {
	for name, c := range map[string]struct {
		// fault is that of the nth RETR of the message.
		fault func(nth int) pop3test.Fault
		// codes are those of the runs.
		codes []int
	}{
		"well ended, once":         {func(n int) pop3test.Fault { return times(n, 1, pop3test.Fault{Kind: pop3test.Truncate, N: 40}) }, []int{0}},
		"without a dot, once":      {func(n int) pop3test.Fault { return times(n, 1, pop3test.Fault{Kind: pop3test.NoFinalDot, Close: true}) }, []int{0}},
		"otherwise, twice":         {func(n int) pop3test.Fault { return times(n, 2, pop3test.Fault{Kind: pop3test.Truncate, N: 40 + n}) }, []int{69, 0}},
		"otherwise, in three runs": {func(n int) pop3test.Fault { return times(n, 6, pop3test.Fault{Kind: pop3test.Truncate, N: 40 + n}) }, []int{69, 69, 69, 0}},
	} {
		for _, top := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, TOP %t", name, top), func(t *testing.T) {
				w := story{}.begin(t, top)
				n := 0 // asked by one session at a time
				w.h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
					if e.Command != "RETR" || e.UID != "uid3" {
						return pop3test.Fault{}
					}
					n++
					return c.fault(n)
				})
				for _, code := range c.codes {
					w.expectRun(code)
				}
				w.expectAllInGmail()
				w.h.setPOPFault(nil)
				w.expectDeletions(false)
			})
		}
	}
}

// times has a fault strike the first so many times.
func times(nth, first int, f pop3test.Fault) pop3test.Fault {
	if nth > first {
		return pop3test.Fault{}
	}
	return f
}

// The RETR that is to prove what is due may be cut as well: that makes it no
// other message.
func TestProofThatIsCut(t *testing.T) {
	w := story{}.begin(t, false)
	w.expectRun(0)
	w.h.advance(retentionOfStories)
	n := 0 // asked by one session at a time
	w.h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command != "RETR" || e.UID != "uid3" {
			return pop3test.Fault{}
		}
		n++
		return times(n, 1, pop3test.Fault{Kind: pop3test.Truncate, N: 40})
	})
	for range 3 {
		w.expectRun(0)
	}
	w.h.expectLeft(w.box, 0)
	w.expectAllInGmail()
}
