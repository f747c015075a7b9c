package message_test

import (
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/message"
)

// contentOf takes a message in parts of at most n octets.
func contentOf(t *testing.T, text string, n int) message.Content {
	t.Helper()
	d := message.NewContentDigester()
	for len(text) > 0 {
		part := text[:min(n, len(text))]
		if _, err := d.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
		text = text[len(part):]
	}
	return d.Content()
}

func TestContent(t *testing.T) {
	const header = "To: a@example.com\r\nX-A: 1\r\nX-B: 2\r\n"
	for _, c := range []struct {
		name, one, copied string
		is                bool
	}{
		{"itself", header + "\r\nx", header + "\r\nx", true},
		{"nothing", "", "", true},
		{"another body", header + "\r\nx", header + "\r\ny", false},
		{"no body", header + "\r\nx", header, false},
		{"line ends of the header", header + "\r\nx", strings.ReplaceAll(header, "\r\n", "\n") + "\nx", true},
		{"line ends of the body", header + "\r\nx\r\n", header + "\r\nx\n", false},
		{"fields on top", header + "\r\nx", "X-C: 1\r\nReceived: x\r\n y\r\n" + header + "\r\nx", true},
		{"fields between", header + "\r\nx", "To: a@example.com\r\nX-C: 1\r\nX-A: 1\r\nX-C: 2\r\nX-B: 2\r\n\r\nx", true},
		{"fields that are missing", "X-C: 1\r\n" + header + "\r\nx", header + "\r\nx", false},
		{"the last of them", header + "X-C: 1\r\n\r\nx", header + "\r\nx", false},
		{"folded", "Subject: a b\tc\r\n\r\n", "Subject: a\r\n b\r\n\tc\r\n\r\n", true},
		{"folded with other blanks", "Subject: a b\r\n\r\n", "Subject: a\r\n\tb\r\n\r\n", false},
		{"a field that ends in the next one's text", "To: a\r\nCc: b\r\n\r\n", "To: aCc: b\r\n\r\n", false},
		{"a continuation of a field that doesn't count", "Received: a\r\n To: b\r\n\r\n", "\r\n", true},
		{"the body of one, the header of the other", "To: a\r\n\r\n", "\r\nTo: a\r\n", false},
		{"a line that is no field", "no colon\r\n\r\nx", "\r\nx", false},
		{"a name in capitals", "TO: a\r\n\r\n", "To: a\r\n\r\n", false},
		{"the last octet of a long line", "X-A: " + strings.Repeat("x", 9000) + "1\r\n\r\n", "X-A: " + strings.Repeat("x", 9000) + "2\r\n\r\n", false},
	} {
		for _, n := range []int{1, 2, 7, 64, 1 << 20} {
			if is := contentOf(t, c.one, n).IsIn(contentOf(t, c.copied, 1<<20)); is != c.is {
				t.Errorf("%s, by %d: the copy has it: %t, want %t", c.name, n, is, c.is)
			}
		}
	}
}

// Of what isn't known, nothing is said.
func TestContentWithoutEnd(t *testing.T) {
	fits, many := strings.Repeat("X-A: 1\r\n", 1000), strings.Repeat("X-A: 1\r\n", 1001)
	if c := contentOf(t, fits, 1<<20); !c.IsIn(c) {
		t.Error("1,000 fields aren't in their copy")
	}
	if c := contentOf(t, many, 1<<20); c.IsIn(c) {
		t.Error("1,001 fields are in their copy")
	}
	if c := message.NewDigester().Content(); c.IsIn(c) {
		t.Error("what wasn't read is in its copy")
	}
}
