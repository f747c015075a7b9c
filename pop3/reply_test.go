package pop3

import (
	"errors"
	"strings"
	"testing"
)

func TestParseReply(t *testing.T) {
	for _, test := range []struct {
		line string
		want reply
	}{
		{"+OK", reply{ok: true}},
		{"+OK ", reply{ok: true}},
		{"+ok ready", reply{ok: true, text: "ready"}},
		{"+OK\tready", reply{ok: true, text: "ready"}},
		{"-ERR", reply{}},
		{"-err no", reply{text: "no"}},
		{"-ERR[AUTH] no", reply{code: "AUTH", text: "no"}},
		{"-ERR [in-use] busy", reply{code: "IN-USE", text: "busy"}},
		{"-ERR\t[SYS/TEMP]", reply{code: "SYS/TEMP"}},
		{"-ERR [no code] no", reply{text: "[no code] no"}},
		{"-ERR [AUTH", reply{text: "[AUTH"}},
	} {
		if got, err := parseReply(test.line); err != nil || got != test.want {
			t.Errorf("%q: %+v, %v; want %+v", test.line, got, err, test.want)
		}
	}
	for _, line := range []string{"", " ", "+OKAY", "+O", "-ERROR", "OK", " +OK", "* OK", "HTTP/1.1 400 Bad Request", "+"} {
		if got, err := parseReply(line); !errors.Is(err, errNotPOP3) {
			t.Errorf("%q: %+v, %v; want an error", line, got, err)
		}
	}
}

func TestLoginKind(t *testing.T) {
	for line, want := range map[string]Kind{
		"-ERR":                                    Auth,
		"-ERR invalid password":                   Auth,
		"-ERR your account is blocked":            Auth,
		"-ERR [AUTH] mailbox locked":              Auth,
		"-ERR [IN-USE] no":                        Locked,
		"-ERR [LOGIN-DELAY] wait":                 Locked,
		"-ERR unable to lock maildrop":            Locked,
		"-ERR Mailbox is IN USE":                  Locked,
		"-ERR maildrop busy":                      Locked,
		"-ERR another POP3 session is active":     Locked,
		"-ERR [SYS/TEMP] wrong":                   Temporary,
		"-ERR [SYS/TEMP/DISK] wrong":              Temporary,
		"-ERR temporarily out of order":           Temporary,
		"-ERR please try again":                   Temporary,
		"-ERR authentication service unavailable": Temporary,
		"-ERR come back later":                    Temporary,
		"-ERR [SYS/PERM] closed":                  Permanent,
		"-ERR [SYS/PERMANENT] closed":             Auth,
		"-ERR [X-OTHER] try again":                Auth,
	} {
		r, err := parseReply(line)
		if err != nil {
			t.Fatal(err)
		}
		if got := loginKind(r); got != want {
			t.Errorf("%q is of kind %d, want %d", line, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain ü 日本":                          "plain ü 日本",
		"a\x1b[31m\r\x00\x7f\u0085\u202e\xff": `a\x1b[31m\r\x00\x7f\u0085\u202e\xff`,
		strings.Repeat("é", maxReplyText):     strings.Repeat("é", maxReplyText),
		strings.Repeat("é", maxReplyText+1):   strings.Repeat("é", maxReplyText) + "…",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestErrorText(t *testing.T) {
	s := &Session{secret: "hunter2"}
	e := s.refusal("PASS", reply{text: "no \"hunter2\" here\x07"}, Auth)
	if got, want := e.Error(), `PASS: refused by the server: server said "no "***" here\a"`; got != want {
		t.Errorf("error reads %s, want %s", got, want)
	}
}
