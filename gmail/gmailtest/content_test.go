package gmailtest_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/gmail/v1"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// insertRaw stores a message by JSON, which is the shortest way in.
func insertRaw(t *testing.T, s *gmailtest.Server, raw string) error {
	t.Helper()
	_, err := service(t, s, all()...).Users.Messages.Insert("me", &gmail.Message{Raw: base64.URLEncoding.EncodeToString([]byte(raw))}).Do()
	return err
}

func TestFromField(t *testing.T) {
	const single, invalid = "Expected a single 'From' header", "Invalid From header"
	for raw, want := range map[string]string{
		"From: a@example.com\n\nx":                                              "",
		"fRoM : =?utf-8?q?x?= <a@example.com>\r\n\r\nx":                         "",
		"From:\r\n \"A, B\"\r\n\t<a@example.com>\r\n\r\n":                       "",
		"From: b@example.com, A [x] <a@example.com>\n\n":                        "",
		"From: \xff\xfe\x00 (\x82\xa0) <a@example.com>\n\n":                     "",
		"From: a@example.com":                                                   "",
		"From sender@example.com Mon Jan  1 00:00:00 2026\nFrom: a@example.com": "",
		"Subject: x\rFrom: no\nFrom: a@example.com\n\n":                         "",
		"no colon\n\x00: nul\nFrom: a@example.com\n\n":                          "",
		"X: " + strings.Repeat("long", 100000) + "\nFrom: a@example.com\n\n":    "",
		"From: a@example.com\n\nFrom: b@example.com\n":                          "",
		"Resent-From: b@example.com\nFrom: a@example.com\n\n":                   "",
		"Subject: x\n\nFrom: a@example.com\n":                                   single,
		"\nFrom: a@example.com\n\n":                                             single,
		"From: a@example.com\nSubject: x\nFROM: a@example.com\n\n":              single,
		"\xef\xbb\xbfFrom: a@example.com\n\n":                                   single,
		"\xef\xbb\xbfSubject: x\nFrom: a@example.com\n\n":                       "",
		"From:\n\n":                        invalid,
		"From: \r\n \r\n\r\n":              invalid,
		"From: <>\n\n":                     invalid,
		"From: nobody\n\n":                 invalid,
		"From: @example.com\n\n":           invalid,
		"From: a@\n\n":                     invalid,
		"From: A <a@example.com\n\n":       invalid,
		"From: undisclosed-recipients:;\n": invalid,
	} {
		s := start(t, gmailtest.Options{})
		err := insertRaw(t, s, raw)
		if want == "" {
			if err != nil {
				t.Errorf("%.60q: %v", raw, err)
			}
			continue
		}
		wantError(t, err, 400, "invalidArgument", want)
		wantNothing(t, s)
	}
}

// attached is a multipart message with one attachment, described by fields.
func attached(fields string) string {
	return "From: a@example.com\r\nContent-Type: multipart/mixed;\r\n boundary=\"=_b 1\"; x; x\r\n\r\npreamble\r\n--=_b 1\r\n\r\ntext\r\n--=_b 1\r\n" +
		fields + "\r\n\r\nZGF0YQ==\r\n--=_b 1--\r\n"
}

func TestBlockedAttachments(t *testing.T) {
	inner := "--in\nContent-Disposition: attachment; filename=x.%s\n\nx\n--in--"
	nested := "Content-Type: message/rfc822\r\n\r\nFrom: a@example.com\nContent-Type: multipart/mixed; boundary=in\n\n" + inner
	for fields, blocked := range map[string]bool{
		`Content-Disposition: attachment; filename="a b.EXE"`:               true,
		"Content-Disposition: attachment;\r\n\tfilename=setup.bat":          true,
		"Content-Type: application/octet-stream; name=x.js":                 true,
		"Content-Disposition: attachment; filename*=utf-8''%E3%81%82.exe":   true,
		"Content-Disposition: attachment; filename*0=se; filename*1=t.exe":  true,
		"Content-Type: a/b; name=\"=?utf-8?B?44GCLnZicw==?=\"":              true,
		"Content-Disposition: attachment; filename=\"x.exe. \"; filename=y": true,
		fmt.Sprintf(nested, "scr"):                                          true,
		fmt.Sprintf(nested, "txt"):                                          false,
		`Content-Disposition: attachment; filename="report.pdf"`:            false,
		`Content-Disposition: attachment; filename="exe"`:                   false,
		`Content-Disposition: attachment; filename="x.exe.txt"`:             false,
		`Content-Description: x; name=virus.exe`:                            false,
		"Content-Type: text/plain\r\n\r\nContent-Type: a/b; name=x.exe":     false,
	} {
		s := start(t, gmailtest.Options{})
		err := insertRaw(t, s, attached(fields))
		if !blocked {
			if err != nil {
				t.Errorf("%q: %v", fields, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%q: passed", fields)
			continue
		}
		wantError(t, err, 400, "invalidArgument", "Invalid attachment")
		wantNothing(t, s)
	}
	s := start(t, gmailtest.Options{})
	wantError(t, insertRaw(t, s, "From: a@example.com\nContent-Disposition: attachment; filename=x.com\n\nx"), 400, "invalidArgument", "Invalid attachment")
	if err := insertRaw(t, s, "From: a@example.com\n\n--b\nContent-Type: a/b; name=x.exe\n\n"); err != nil {
		t.Errorf("text that looks like a part: %v", err)
	}
}

func TestInternalDate(t *testing.T) {
	now := newClock().now()
	for _, tc := range []struct {
		date, source string
		want         time.Time
	}{
		{"Date: Mon, 02 Feb 2026 10:00:00 +0900\n", "", time.Date(2026, 2, 2, 1, 0, 0, 0, time.UTC)},
		{"Date: Mon, 02 Feb 2026 10:00:00 +0900\n", "receivedTime", now},
		{"Date: Mon, 02 Feb 2026 10:00:00 +0900\n", "dateHeader", time.Date(2026, 2, 2, 1, 0, 0, 0, time.UTC)},
		{"Date: Mon, 02 Mar 2026 11:00:00 +0000\n", "", time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)},
		{"Date: Mon, 02 Mar 2026 13:00:00 +0000\n", "", now},
		{"Date: the other day\n", "", now},
		{"", "", now},
	} {
		s := start(t, gmailtest.Options{Now: newClock().now})
		call := service(t, s, all()...).Users.Messages.Import("me", &gmail.Message{
			Raw: base64.URLEncoding.EncodeToString([]byte("From: a@example.com\n" + tc.date + "\nx"))})
		if tc.source != "" {
			call.InternalDateSource(tc.source)
		}
		m, err := call.Do()
		if err != nil {
			t.Fatal(err)
		}
		got, err := service(t, s, all()...).Users.Messages.Get("me", m.Id).Format("minimal").Do()
		if err != nil || got.InternalDate != tc.want.UnixMilli() || !s.Messages(user)[0].InternalDate.Equal(tc.want) {
			t.Errorf("%q %s: %v (%v), want %v", tc.date, tc.source, time.UnixMilli(got.InternalDate).UTC(), err, tc.want)
		}
	}
}

func TestInsertTakesTheTimeOfArrival(t *testing.T) {
	c := newClock()
	s := start(t, gmailtest.Options{Now: c.now})
	if err := insertRaw(t, s, string(mail("<1@example.com>", "x"))); err != nil {
		t.Fatal(err)
	}
	if got := s.Messages(user)[0].InternalDate; !got.Equal(c.now()) {
		t.Fatalf("internal date %v", got)
	}
}

func TestBadParameters(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	raw := base64.URLEncoding.EncodeToString(mail("<1@example.com>", "x"))
	_, err := svc.Users.Messages.Import("me", &gmail.Message{Raw: raw}).InternalDateSource("yesterday").Do()
	wantError(t, err, 400, "invalidArgument", "internal_date_source")
	_, err = svc.Users.Messages.Import("me", &gmail.Message{Raw: raw, LabelIds: []string{"INBOX", "Label_7"}}).Do()
	wantError(t, err, 400, "invalidArgument", "Invalid label: Label_7")
	resp, body := do(t, httpClient(t, s, all()...), "POST", s.URL()+"gmail/v1/users/me/messages/import?neverMarkSpam=perhaps", strings.NewReader("{}"))
	if resp.StatusCode != 400 {
		t.Fatal(body)
	}
	wantNothing(t, s)
}
