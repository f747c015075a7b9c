package message_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestMessageID(t *testing.T) {
	long := strings.Repeat("a", 4096)
	for _, c := range []struct{ name, in, want string }{
		{"ordinary", "Message-ID: <1@example.org>\r\n", "1@example.org"},
		{"any case, blank before the colon", "MESSAGE-id \t: <1@example.org>\r\n", "1@example.org"},
		{"no blank after the colon", "Message-ID:<1@example.org>\n", "1@example.org"},
		{"none", "Subject: <1@example.org>\r\n", ""},
		{"empty", "Message-ID:\r\n", ""},
		{"empty brackets", "Message-ID: <>\r\n", ""},
		{"the first counts", "Message-ID: <1@example.org>\r\nMessage-ID: <2@example.org>\r\n", "1@example.org"},
		{"the first counts, though empty", "Message-ID:\r\nMessage-ID: <2@example.org>\r\n", ""},
		{"folded before", "Message-ID:\r\n\t<1@example.org>\r\n", "1@example.org"},
		{"folded within", "Message-ID: <1\r\n @example.org>\r\n", "1 @example.org"},
		{"comments", "Message-ID: (one) <1@example.org> (two)\r\n", "1@example.org"},
		{"without brackets", "Message-ID:  1@example.org \r\n", "1@example.org"},
		{"opened only", "Message-ID: <1@example.org\r\n", "1@example.org"},
		{"blanks within", "Message-ID: < 1@example.org\t>\r\n", "1@example.org"},
		{"two in one field", "Message-ID: <1@example.org> <2@example.org>\r\n", "1@example.org"},
		{"UTF-8", "Message-ID: <注文@example.org>\r\n", "注文@example.org"},
		{"broken UTF-8", "Message-ID: <\xff@example.org>\r\n", ""},
		{"control character", "Message-ID: <1\x1b@example.org>\r\n", ""},
		{"tab within", "Message-ID: <1\t2@example.org>\r\n", ""},
		{"bare CR within", "Message-ID: <1\r2@example.org>\r\n", ""},
		{"NUL", "Message-ID: <1\x00@example.org>\r\n", ""},
		{"direction override", "Message-ID: <1\u202e@example.org>\r\n", ""},
		{"as long as may be", "Message-ID: <" + long + ">\r\n", long},
		{"too long", "Message-ID: <" + long + "a>\r\n", ""},
		{"longer than is held", "Message-ID: <" + strings.Repeat(long, 5) + ">\r\n", ""},
		{"pushed out of what is held", "Message-ID: " + strings.Repeat(" ", 20000) + "<1@example.org>\r\n", ""},
		{"in the body", "Subject: x\r\n\r\nMessage-ID: <1@example.org>\r\n", ""},
		{"unended", "Message-ID: <1@example.org>", "1@example.org"},
		{"continues a dropped field", "Status: RO\r\n Message-ID: <1@example.org>\r\n", ""},
		{"after a dropped field", "Status: RO\r\nMessage-ID: <1@example.org>\r\n", "1@example.org"},
	} {
		for _, n := range []int{1, 5, 1 << 20} {
			if got := summarise(t, []byte(c.in), n).MessageID; got != c.want {
				t.Errorf("%s, by %d: %.80q, want %.80q", c.name, n, got, c.want)
			}
		}
	}
}

func TestFromAndSubject(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Order 7", "Order 7"},
		{"none", "", ""},
		{"blanks", "  one \t two  ", "one two"},
		{"folded", "one\r\n\ttwo\r\n three", "one two three"},
		{"encoded", "=?UTF-8?B?5rOo5paH?= 7", "注文 7"},
		{"encoded, two words", "=?UTF-8?Q?=E6=B3?=\r\n =?UTF-8?Q?=A8?=", "注"},
		{"Latin-1 encoded", "=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"},
		{"ISO-2022-JP encoded", "=?ISO-2022-JP?B?GyRCQ21KOBsoQg==?= 7", "注文 7"},
		{"Shift_JIS encoded", "=?Shift_JIS?B?koaVtg==?=", "中文"},
		{"UTF-16 escape sequence", "=?UTF-16BE?B?ABsAWwAyAEo=?=", "\uFFFD[2J"},
		{"unknown charset", "=?X-NOSUCH?Q?a?= b", "=?X-NOSUCH?Q?a?= b"},
		{"raw UTF-8", "注文", "注文"},
		{"broken UTF-8", "a\xffb", "a\uFFFDb"},
		{"escape sequence", "a\x1b[31mb", "a\uFFFD[31mb"},
		{"encoded escape sequence", "=?UTF-8?Q?=1B[2J?=", "\uFFFD[2J"},
		{"encoded C1 control", "=?iso-8859-1?Q?=9B2J?=", "\uFFFD2J"},
		{"encoded line end", "=?UTF-8?Q?a=0D=0Ab?=", "a b"},
		{"direction override", "a\u202eb", "ab"},
		{"200 runes", strings.Repeat("注", 200), strings.Repeat("注", 200)},
		{"201 runes", strings.Repeat("注", 201), strings.Repeat("注", 199) + "…"},
	} {
		in := "From: " + c.in + "\r\nSubject: " + c.in + "\r\nSubject: second\r\n\r\n"
		s := summarise(t, []byte(in), 3)
		if s.Subject != c.want || s.From != c.want {
			t.Errorf("%s: Subject %q, From %q, want %q", c.name, s.Subject, s.From, c.want)
		}
	}
}

// checkReadable holds what a Summary promises of the fields that are shown.
func checkReadable(t *testing.T, s string) {
	t.Helper()
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 200 || strings.ContainsFunc(s, unprintable) {
		t.Errorf("not fit to be shown: %q", s)
	}
}
