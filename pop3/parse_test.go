package pop3

import (
	"bufio"
	"errors"
	"slices"
	"strings"
	"testing"
)

func buffered(text string) *bufio.Reader {
	return bufio.NewReaderSize(strings.NewReader(text), bufferSize)
}

func TestUIDLines(t *testing.T) {
	long := strings.Repeat("u", maxUID)
	for _, test := range []struct {
		lines string
		want  []Entry // nil: refused
	}{
		{"", []Entry{}},
		{"1 a\r\n2 b\r\n", []Entry{{1, "a", 0}, {2, "b", 0}}},
		{"7 b\r\n3 a\r\n", []Entry{{3, "a", 0}, {7, "b", 0}}},
		{"1 a\r\n2 a\r\n", []Entry{{1, "a", 0}, {2, "a", 0}}},
		{"1 \x00\t\xff.\"\r\n", []Entry{{1, "\x00\t\xff.\"", 0}}},
		{"1   a  \r\n", []Entry{{1, "a", 0}}},
		{"1 " + long + "\r\n", []Entry{{1, long, 0}}},
		{"1 " + long + "u\r\n", nil},
		{"1 a b\r\n", nil},
		{"1 a\rb\r\n", nil},
		{"1 a\n", nil},
		{"1\r\n", nil},
		{"1 \r\n", nil},
		{"1a\r\n", nil},
		{"\r\n", nil},
		{" 1 a\r\n", nil},
		{"a 1\r\n", nil},
		{"0 a\r\n", nil},
		{"-1 a\r\n", nil},
		{"+1 a\r\n", nil},
		{"1 a\r\n1 b\r\n", nil},
		{"2 a\r\n1 b\r\n2 c\r\n", nil},
		{"2147483648 a\r\n", nil},
		{"99999999999999999999999 a\r\n", nil},
		{"1 " + strings.Repeat("a", 2*bufferSize) + "\r\n", nil},
	} {
		checkEntries(t, test.lines, test.want, parseUID)
	}
}

func TestSizeLines(t *testing.T) {
	for _, test := range []struct {
		lines string
		want  []Entry // nil: refused
	}{
		{"1 100\r\n2 0\r\n", []Entry{{1, "", 100}, {2, "", 0}}},
		{"1 100 octets, read\r\n2 7\tx\r\n", []Entry{{1, "", 100}, {2, "", 7}}},
		{"1 1099511627776\r\n", []Entry{{1, "", maxSize}}},
		{"1 1099511627777\r\n", nil},
		{"1 -1\r\n", nil},
		{"1 1k\r\n", nil},
		{"1\r\n", nil},
		{"1 \r\n", nil},
		{"1 1\r\n1 1\r\n", nil},
	} {
		checkEntries(t, test.lines, test.want, parseSize)
	}
}

func checkEntries(t *testing.T, lines string, want []Entry, parse func([]byte) (Entry, error)) {
	t.Helper()
	got, err := readEntries(buffered(lines+".\r\n"), maxEntries, parse)
	if want == nil {
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Protocol {
			t.Errorf("%.40q: read %v, %v; want a protocol error", lines, got, err)
		}
		return
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%.40q: read %v, %v; want %v", lines, got, err, want)
	}
}

func TestListingOverTheLimit(t *testing.T) {
	for limit, want := range map[int]bool{1: false, 2: true} {
		_, err := readEntries(buffered("1 10\r\n2 20\r\n.\r\n"), limit, parseSize)
		if (err == nil) != want {
			t.Errorf("two entries with a limit of %d: %v", limit, err)
		}
	}
	for limit, want := range map[int64]bool{7: false, 8: true} {
		err := readLines(buffered("ab\r\nab\r\n.\r\n"), limit, func([]byte) error { return nil })
		if (err == nil) != want {
			t.Errorf("eight octets with a limit of %d: %v", limit, err)
		}
	}
}

func TestStat(t *testing.T) {
	for text, want := range map[string]int{
		"0 0": 0, "3 120": 3, "3 120 octets": 3, "3": 3, "3 -1": 3, "3 99999999999999999999999": 3, "250000 1": 250000,
		"": -1, "-1 0": -1, "three": -1, "3messages": -1, "250001 1": -1,
	} {
		got, err := parseStat(text)
		if (err == nil) != (want >= 0) || err == nil && got != want {
			t.Errorf("STAT %q: %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestMerge(t *testing.T) {
	uids := []Entry{{1, "a", 0}, {2, "b", 0}, {4, "d", 0}}
	sizes := []Entry{{1, "", 10}, {3, "", 30}, {4, "", 40}}
	l := merge(3, uids, sizes, true)
	want := []Entry{{1, "a", 10}, {4, "d", 40}}
	if !slices.Equal(l.Entries, want) || l.Octets != 50 || l.Flaw == "" {
		t.Errorf("merged to %+v, want a flaw and %v", l, want)
	}
	if l := merge(2, uids[:2], sizes[:1], true); l.Flaw != "STAT counts 2 messages, UIDL 2, LIST 1" {
		t.Errorf("flaw %q", l.Flaw)
	}
	if l := merge(2, nil, sizes, false); l.Flaw == "" || len(l.Entries) != 3 || l.HasUIDL {
		t.Errorf("without UIDL: %+v, want LIST's entries and a flaw", l)
	}
	if l := merge(3, nil, sizes, false); l.Flaw != "" {
		t.Errorf("without UIDL, flaw %q", l.Flaw)
	}
}
