package message_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/popbridge/popbridge/internal/message"
)

// FuzzChunking: the same octets give the same summary in any chunking, and the
// digests are those of the simple reference.
func FuzzChunking(f *testing.F) {
	for _, c := range manifest(f) {
		if data := octets(f, c.File); len(data) < 10_000 {
			f.Add(data, uint16(len(data)/3), uint16(7))
		}
	}
	f.Add([]byte("A: 1\r\n\r\r\n\r\nx"), uint16(6), uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, first, n uint16) {
		whole := summarise(t, data, len(data)+1)
		checkDigests(t, data, whole)
		checkReadable(t, whole.From)
		checkReadable(t, whole.Subject)
		if s := summarise(t, data, int(n)+1); s != whole {
			t.Errorf("by %d: %+v, want %+v", int(n)+1, s, whole)
		}
		d := message.NewDigester()
		cut := min(int(first), len(data))
		for _, p := range [][]byte{data[:cut], nil, data[cut:]} {
			if _, err := d.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		if s := d.Summary(); s != whole {
			t.Errorf("cut at %d: %+v, want %+v", cut, s, whole)
		}
	})
}

// FuzzHeaderSummary: a header alone has the header digest of its message, be
// its lines ended by CRLF or LF, and with a field added that servers add.
func FuzzHeaderSummary(f *testing.F) {
	f.Add([]byte("From: orders@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nbody"))
	f.Add([]byte("Received: a; Fri, 12 Sep 2025 10:00:00 +0000\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := summarise(t, data, 512)
		header, _ := reference(data)
		// A CR at a line's end is read as part of a CRLF once LF follows, so
		// that only headers without one survive the change to LF.
		forms := [][]byte{header, append(header[:len(header):len(header)], "Status: RO\r\n"...)}
		if lf := bytes.ReplaceAll(header, []byte("\r\n"), []byte("\n")); !bytes.ContainsRune(lf, '\r') {
			forms = append(forms, lf)
		}
		for _, form := range forms {
			s, err := message.HeaderSummary(bytes.NewReader(form))
			if err != nil || s.HeaderDigest != whole.HeaderDigest {
				t.Errorf("%q: %s, %v, want %s", form, s.HeaderDigest, err, whole.HeaderDigest)
			}
			if s.MessageID != whole.MessageID || s.Received != whole.Received {
				t.Errorf("%q: %+v, want %+v", form, s, whole)
			}
		}
	})
}

// FuzzFields reads values of the fields that count, whatever stands in them.
func FuzzFields(f *testing.F) {
	f.Fuzz(func(t *testing.T, date, id, subject string, seconds int64) {
		whole := summarise(t, []byte("Received: x; "+date+"\r\nDate: "+date+"\r\nMessage-ID: "+id+"\r\nSubject: "+subject+"\r\n\r\n"), 4096)
		checkReadable(t, whole.Subject)
		checkReadable(t, whole.From)
		for _, at := range []time.Time{whole.Date, whole.Received} {
			if at.Location() != time.UTC || !at.IsZero() && (at.Year() < 1 || at.Year() > 9999) {
				t.Errorf("date %q is %v", date, at)
			}
		}
		if !strings.ContainsAny(date+id, "\n;") && whole.Received != whole.Date {
			t.Errorf("date %q is %v, and %v of a server", date, whole.Date, whole.Received)
		}
		if m := whole.MessageID; len(m) > 4096 || m != strings.TrimSpace(m) || strings.ContainsFunc(m, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("Message-ID %q is %q", id, m)
		}
		if flat := !strings.Contains(date+id, "\n"); flat && whole.MessageID != "" && !strings.Contains(id, whole.MessageID) {
			t.Errorf("Message-ID %q is %q", id, whole.MessageID)
		}

		// A date that is written as RFC 5322 wants it comes back, in any zone.
		at := time.Unix(seconds%200_000_000_000, 0).In(time.FixedZone("", int(seconds%(14*60))*60))
		if at.Year() < 1900 || at.Year() > 9999 {
			return
		}
		for _, form := range []string{time.RFC1123Z, "2 Jan 2006 15:04:05 -0700", "(a (b)) Mon, 02 Jan 2006 15:04:05 -0700 (CET)"} {
			s, err := message.HeaderSummary(strings.NewReader("Date: " + at.Format(form) + "\r\n"))
			if err != nil || !s.Date.Equal(at) {
				t.Errorf("%s is %v, %v", at.Format(form), s.Date, err)
			}
		}
	})
}
