package pop3_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

func TestListInOneRoundTrip(t *testing.T) {
	s := dial(t, play(t, opened("C: STAT", "C: UIDL", "C: LIST",
		"S: +OK 2 320", "S: +OK", "S: 1 a", "S: 2 b\xff", "S: .", "S: +OK 2 messages", "S: 1 120", "S: 2 200", "S: .")...))
	before := s.Stats()
	l, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []pop3.Entry{{Number: 1, UID: "a", Size: 120}, {Number: 2, UID: "b\xff", Size: 200}}
	if !slices.Equal(l.Entries, want) || l.Octets != 320 || !l.HasUIDL || l.Flaw != "" {
		t.Errorf("listing is %+v", l)
	}
	if st := s.Stats(); st.Commands-before.Commands != 3 || st.RoundTrips-before.RoundTrips != 1 {
		t.Errorf("stats went from %+v to %+v, want 3 commands in a round trip", before, st)
	}
}

func TestListOneByOne(t *testing.T) {
	o := play(t, opened("C: STAT", "S: +OK 1 9", "C: UIDL", "S: +OK", "S: 1 a", "S: .",
		"C: LIST", "S: +OK", "S: 1 120", "S: .")...)
	o.Pipelining = false
	l, err := dial(t, o).List(t.Context())
	if err != nil || len(l.Entries) != 1 || l.Flaw != "" {
		t.Errorf("listing is %+v, %v", l, err)
	}
}

func TestEmptyMailbox(t *testing.T) {
	s := dial(t, play(t, opened("C: STAT", "C: UIDL", "C: LIST", "S: +OK 0 0", "S: +OK", "S: .", "S: +OK", "S: .")...))
	l, err := s.List(t.Context())
	if err != nil || len(l.Entries) != 0 || l.Flaw != "" || !l.HasUIDL {
		t.Errorf("listing is %+v, %v", l, err)
	}
}

// withoutCAPA is a transcript of a login to a server that has no CAPA, of a
// listing, and then of more.
func withoutCAPA(more ...string) []string {
	return append([]string{"S: +OK", "C: CAPA", "S: -ERR", "C: USER me", "S: +OK", "C: PASS secret", "S: +OK",
		"C: STAT", "S: +OK 1 9"}, more...)
}

func TestServerWithoutUIDL(t *testing.T) {
	s := dial(t, play(t, withoutCAPA("C: UIDL", "S: -ERR what?", "C: LIST", "S: +OK", "S: 1 120", "S: .")...))
	l, err := s.List(t.Context())
	want := []pop3.Entry{{Number: 1, Size: 120}}
	if err != nil || l.HasUIDL || !slices.Equal(l.Entries, want) || l.Flaw != "" {
		t.Errorf("listing is %+v, %v", l, err)
	}
}

func TestServerWhoseUIDLFails(t *testing.T) {
	s := dial(t, play(t, withoutCAPA("C: UIDL", "S: -ERR [SYS/TEMP] index is broken")...))
	_, err := s.List(t.Context())
	wantKind(t, err, pop3.Temporary)

	s = dial(t, play(t, opened("C: STAT", "C: UIDL", "C: LIST", "S: +OK 1 9", "S: -ERR no",
		"S: +OK", "S: 1 120", "S: .")...))
	_, err = s.List(t.Context())
	wantKind(t, err, pop3.Temporary)
}

func TestListingsThatDisagree(t *testing.T) {
	for name, transcript := range map[string][]string{
		"STAT counts more": {"S: +OK 3 9", "S: +OK", "S: 1 a", "S: .", "S: +OK", "S: 1 5", "S: ."},
		"UIDL is short":    {"S: +OK 2 9", "S: +OK", "S: 1 a", "S: .", "S: +OK", "S: 1 5", "S: 2 5", "S: ."},
		"LIST is short":    {"S: +OK 2 9", "S: +OK", "S: 1 a", "S: 2 b", "S: .", "S: +OK", "S: 1 5", "S: ."},
		"other numbers":    {"S: +OK 2 9", "S: +OK", "S: 1 a", "S: 3 b", "S: .", "S: +OK", "S: 1 5", "S: 2 5", "S: ."},
	} {
		s := dial(t, play(t, opened(append([]string{"C: STAT", "C: UIDL", "C: LIST"}, transcript...)...)...))
		l, err := s.List(t.Context())
		want := []pop3.Entry{{Number: 1, UID: "a", Size: 5}}
		if err != nil || l.Flaw == "" || !slices.Equal(l.Entries, want) || l.Octets != 5 {
			t.Errorf("%s: listing is %+v, %v", name, l, err)
		}
	}
}

func TestListingsThatAreNone(t *testing.T) {
	for name, transcript := range map[string][]string{
		"STAT is no number":   {"S: +OK many"},
		"UIDL has a bad line": {"S: +OK 3 9", "S: +OK", "S: 1 a", "S: ", "S: 3 c", "S: ."},
		"a number twice":      {"S: +OK 2 9", "S: +OK", "S: 1 a", "S: 1 b", "S: ."},
		"LIST has a bad size": {"S: +OK 1 9", "S: +OK", "S: 1 a", "S: .", "S: +OK", "S: 1 x", "S: ."},
		"a line without CR":   {"S: +OK 1 9", "S: +OK", "R: 1 a\n", "S: ."},
		"a line of 9 KB":      {"S: +OK 1 9", "S: +OK", "S: 1 " + strings.Repeat("a", 9<<10), "S: ."},
	} {
		s := dial(t, play(t, opened(append([]string{"C: STAT", "C: UIDL", "C: LIST"}, transcript...)...)...))
		_, err := s.List(t.Context())
		wantKind(t, err, pop3.Protocol)
		if err := s.Quit(t.Context()); err == nil {
			t.Errorf("%s: QUIT after a doubt", name)
		}
	}
}

func TestSmuggledAnswer(t *testing.T) {
	s := dial(t, play(t, opened("C: STAT", "C: UIDL", "C: LIST",
		"R: +OK 1 9\r\n+OK\r\n1 a\r\n.\r\n+OK\r\n1 5\r\n.\r\n+OK marked\r\n")...))
	if _, err := s.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	failed, err := s.Dele(t.Context(), []int{1})
	wantKind(t, err, pop3.Protocol)
	if len(failed) != 0 {
		t.Errorf("failed: %v", failed)
	}
}
