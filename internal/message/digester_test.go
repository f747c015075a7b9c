package message_test

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/popbridge/popbridge/internal/message"
)

func TestDigests(t *testing.T) {
	for _, c := range []struct {
		name, in     string
		header, body string // what is to be digested
	}{
		{"empty", "", "", ""},
		{"ordinary", "A: 1\r\nB: 2\r\n\r\nbody\r\n", "A: 1\r\nB: 2\r\n", "body\r\n"},
		{"bare LF", "A: 1\nB: 2\n\nbody\n", "A: 1\r\nB: 2\r\n", "body\n"},
		{"LF then an empty CRLF line", "A: 1\n\r\nbody", "A: 1\r\n", "body"},
		{"CRLF then an empty LF line", "A: 1\r\n\nbody", "A: 1\r\n", "body"},
		{"no empty line", "A: 1\r\nB: 2\r\n", "A: 1\r\nB: 2\r\n", ""},
		{"no last line end", "A: 1\r\nB: 2", "A: 1\r\nB: 2\r\n", ""},
		{"no header", "\r\nbody", "", "body"},
		{"no header, bare LF", "\nbody", "", "body"},
		{"empty body", "A: 1\r\n\r\n", "A: 1\r\n", ""},
		{"empty lines begin the body", "A: 1\r\n\r\n\r\n\r\nx", "A: 1\r\n", "\r\n\r\nx"},
		{"a lone CR ends no line", "A: 1\r\rB: 2\r\n\r\nx", "A: 1\r\rB: 2\r\n", "x"},
		{"a line of one CR isn't empty", "A: 1\r\n\r\r\nB: 2\r\n\r\nx", "A: 1\r\n\r\r\nB: 2\r\n", "x"},
		{"CR CR LF", "A: 1\r\r\n\r\nx", "A: 1\r\r\n", "x"},
		{"ends in a lone CR", "A: 1\r\n\r", "A: 1\r\n\r\r\n", ""},
		{"ends in CR after text", "A: 1\r", "A: 1\r\r\n", ""},
		{"blanks only continue", "A: 1\r\n \r\nB: 2\r\n\r\nx", "A: 1\r\n \r\nB: 2\r\n", "x"},
		{"fields that servers change", "A: 1\r\nStatus: RO\r\nX-UIDL: 1\r\n\t2\r\n 3\r\nB: 2\r\n\r\nStatus: RO\r\n",
			"A: 1\r\nB: 2\r\n", "Status: RO\r\n"},
		{"all of them, any case", "STATUS: 1\nx-status: 1\nX-Uid: 1\nX-KEYWORDS:\ncontent-length:1\nLines\t: 1\nA: 1\n", "A: 1\r\n", ""},
		{"names that only look alike", "X-Statuses: 1\nStatus\nLine: 1\nXX-UID: 1\n", "X-Statuses: 1\r\nStatus\r\nLine: 1\r\nXX-UID: 1\r\n", ""},
		{"a changed field's end", "Status: RO\nno colon\n : 1\n", "no colon\r\n : 1\r\n", ""},
		{"a changed field unended", "A: 1\r\nStatus: RO\r\n \r", "A: 1\r\n", ""},
		{"NUL", "A: \x00\r\n\r\n\x00", "A: \x00\r\n", "\x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n := 1; n <= len(c.in)+1; n++ {
				s := summarise(t, []byte(c.in), n)
				if s.Digest != sum([]byte(c.in)) || s.Size != int64(len(c.in)) {
					t.Errorf("by %d: wrong digest or size %d", n, s.Size)
				}
				if s.HeaderDigest != sum([]byte(c.header)) {
					t.Errorf("by %d: header digest isn't that of %q", n, c.header)
				}
				if s.BodyDigest != sum([]byte(c.body)) {
					t.Errorf("by %d: body digest isn't that of %q", n, c.body)
				}
				checkDigests(t, []byte(c.in), s)
			}
		})
	}
}

func TestHeaderSummaryAgreesWithTheWholeMessage(t *testing.T) {
	header := "From: orders@example.org\r\nSubject: one\r\n two\r\nMessage-ID: <1@example.org>\r\n"
	whole := summarise(t, []byte(header+"\r\nbody\r\n"), 7)
	for name, top := range map[string]string{
		"empty line":          header + "\r\n",
		"no empty line":       header,
		"no last line end":    strings.TrimSuffix(header, "\r\n"),
		"lines of the body":   header + "\r\nSubject: not this\r\nbody\r\n",
		"bare LF":             strings.ReplaceAll(header, "\r\n", "\n"),
		"bare LF, empty line": strings.ReplaceAll(header, "\r\n", "\n") + "\n",
		"Status added":        "X-UIDL: 1\r\n" + header + "Status: RO\r\n\r\n",
	} {
		got, err := message.HeaderSummary(iotest.OneByteReader(strings.NewReader(top)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := whole
		want.Size, want.Digest, want.BodyDigest = 0, "", ""
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	other, err := message.HeaderSummary(strings.NewReader(header + "X-New: 1\r\n"))
	if err != nil || other.HeaderDigest == whole.HeaderDigest {
		t.Errorf("a field more: %v, digest %s is still that of the other header", err, other.HeaderDigest)
	}
}

func TestHeaderSummaryFailsWithItsReader(t *testing.T) {
	cut := errors.New("connection cut")
	got, err := message.HeaderSummary(io.MultiReader(strings.NewReader("From: orders@example.org\r\n"), iotest.ErrReader(cut)))
	if !errors.Is(err, cut) || got != (message.Summary{}) {
		t.Errorf("got %+v, %v, want nothing and the reader's error", got, err)
	}
}

func TestSummaryEndsTheMessage(t *testing.T) {
	d := message.NewDigester()
	if _, err := io.WriteString(d, "Subject: one\r"); err != nil {
		t.Fatal(err)
	}
	first := d.Summary()
	if second := d.Summary(); second != first {
		t.Errorf("second summary %+v differs from the first %+v", second, first)
	}
	if n, err := io.WriteString(d, "\n\r\n"); n != 0 || err == nil {
		t.Errorf("Write after Summary = %d, %v, want an error", n, err)
	}
	if after := d.Summary(); after != first {
		t.Errorf("the refused write changed the summary to %+v", after)
	}
}

// A server may send a header without end; what is held of it is bounded.
func TestLongHeaderIsNotHeld(t *testing.T) {
	part := []byte(strings.Repeat("x", 64<<10))
	for _, first := range []string{"Subject: ", "X-Trace: ", "Message-ID: <", "no colon "} {
		d := message.NewDigester()
		var before, after runtime.MemStats
		parts := append([][]byte{[]byte(first)}, slices.Repeat([][]byte{part}, 400)...)
		runtime.ReadMemStats(&before)
		for _, p := range parts {
			if _, err := d.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 256<<10 {
			t.Errorf("%q: %d octets allocated for a header of 25 MB", first, got)
		}
		if s := d.Summary(); s.MessageID != "" || len([]rune(s.Subject)) > 200 {
			t.Errorf("%q: Message-ID %.20q, Subject %.20q", first, s.MessageID, s.Subject)
		}
	}
}

func TestFieldsBehindAHugeHeaderAreFound(t *testing.T) {
	filler := strings.Repeat("X-Filler: "+strings.Repeat("y", 900)+"\r\n", 1000)
	s := summarise(t, []byte(filler+"Message-ID: <late@example.org>\r\nSubject: late\r\n\r\nx"), 4096)
	if s.MessageID != "late@example.org" || s.Subject != "late" {
		t.Errorf("Message-ID %q, Subject %q", s.MessageID, s.Subject)
	}
}

func BenchmarkDigester(b *testing.B) {
	header := "From: orders@example.org\r\nMessage-ID: <1@example.org>\r\n\r\n"
	part := []byte(strings.Repeat(strings.Repeat("a", 74)+"\r\n", 431))
	b.SetBytes(int64(len(header) + 64*len(part)))
	b.ReportAllocs()
	for b.Loop() {
		d := message.NewDigester()
		io.WriteString(d, header)
		for range 64 {
			d.Write(part)
		}
		if d.Summary().MessageID == "" {
			b.Fatal("no Message-ID")
		}
	}
}
