package message_test

import (
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/message"
)

func TestDate(t *testing.T) {
	// No zone's name may be looked up in the machine's own zone.
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("CST", 8*60*60)

	for _, c := range []struct{ in, want string }{
		{"Fri, 12 Sep 2025 10:11:12 +0900", "2025-09-12T01:11:12Z"},
		{"12 Sep 2025 10:11 -0000", "2025-09-12T10:11:00Z"},
		{"  Fri,  12\r\n Sep 2025\t10:11:12   GMT ", "2025-09-12T10:11:12Z"},
		{"Fri, 12 Sep 25 10:11:12 UT", "2025-09-12T10:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 +0900 (JST)", "2025-09-12T01:11:12Z"},
		{"Fri (day), 12 Sep 2025 10:11:12 +0900 (Japan (JST))", "2025-09-12T01:11:12Z"},
		{"金, 12 Sep 2025 10:11:12 +0900", "2025-09-12T01:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 +0900 (unclosed", "2025-09-12T01:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 +0900 JST", "2025-09-12T01:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 JST", "2025-09-12T01:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 EDT", "2025-09-12T14:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 EST", "2025-09-12T15:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 CST", "2025-09-12T16:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 MST", "2025-09-12T17:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 pst", "2025-09-12T18:11:12Z"},
		{"Fri, 12 Sep 2025 10:11:12 NOWHERE", "2025-09-12T10:11:12Z"},
		{"Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z"},
		{"Fri, 01 Jan 2095 00:00:00 +0000", "2095-01-01T00:00:00Z"},
		{"", ""},
		{"JST", ""},
		{"()", ""},
		{"yesterday at noon", ""},
		{"Fri, 31 Feb 2025 10:11:12 +0000", ""},
		{"2025-09-12T10:11:12Z", ""},
		{"Fri, 31 Dec 9999 23:59:59 -0100", ""},
		{"Mon, 01 Jan 0000 00:00:00 +0000", ""},
		{"Fri, 12 Sep 2025 10:11:12 +0900 (" + strings.Repeat("x", 1000) + ")", ""},
	} {
		got := summarise(t, []byte("Date: "+c.in+"\r\nDate: Mon, 01 Jan 2001 00:00:00 +0000\r\n\r\n"), 11).Date
		text := ""
		if !got.IsZero() {
			text = got.Format(time.RFC3339Nano)
		}
		if text != c.want {
			t.Errorf("%.60q: %s, want %s", c.in, text, c.want)
		}
	}
}

func TestNewestReceived(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"none", "Date: Fri, 12 Sep 2025 10:00:00 +0000\r\n", ""},
		{"one", "Received: by mx.example.org; Fri, 12 Sep 2025 10:00:00 +0000\r\n", "2025-09-12T10:00:00Z"},
		{"folded", "Received: from a\r\n\tby b;\r\n\tFri, 12 Sep 2025\r\n 10:00:00 +0200 (x)\r\n", "2025-09-12T08:00:00Z"},
		{"the topmost, not the latest", "received: a; Fri, 12 Sep 2025 10:00:00 +0000\nReceived: b; Sat, 13 Sep 2025 10:00:00 +0000\n", "2025-09-12T10:00:00Z"},
		{"the last semicolon", "Received: from a (x; y; z) by b; Fri, 12 Sep 2025 10:00:00 +0000\r\n", "2025-09-12T10:00:00Z"},
		{"the first readable", "Received: local\nReceived: a; noon\nReceived:\nReceived: b; 11 Sep 2025 10:00:00 +0000\nReceived: c; 10 Sep 2025 10:00:00 +0000\n", "2025-09-11T10:00:00Z"},
		{"a future one", "Received: a; Fri, 01 Jan 2095 00:00:00 +0000\r\n", "2095-01-01T00:00:00Z"},
		{"another field", "X-Received: a; Fri, 12 Sep 2025 10:00:00 +0000\r\n", ""},
		{"longer than is held", "Received: " + strings.Repeat("x", 20000) + "; 12 Sep 2025 10:00:00 +0000\r\nReceived: b; 11 Sep 2025 10:00:00 +0000\r\n", "2025-09-11T10:00:00Z"},
		{"in the body", "Subject: x\r\n\r\nReceived: a; Fri, 12 Sep 2025 10:00:00 +0000\r\n", ""},
		{"unended", "Received: a; Fri, 12 Sep 2025 10:00:00 +0000", "2025-09-12T10:00:00Z"},
	} {
		got, ok := message.NewestReceived([]byte(c.in))
		text := ""
		if ok {
			text = got.Format(time.RFC3339Nano)
		}
		if text != c.want || ok == got.IsZero() {
			t.Errorf("%s: %s, %v, want %s", c.name, text, ok, c.want)
		}
		if s := summarise(t, []byte(c.in), 13); !s.Received.Equal(got) {
			t.Errorf("%s: the summary has %v, NewestReceived gave %v", c.name, s.Received, got)
		}
	}
}
