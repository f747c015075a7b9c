package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/config"
)

func TestPOP3(t *testing.T) {
	c := mustLoad(t, oneGmail+strings.ReplaceAll(oneGmail, "address", "name = \"work\"\naddress")+onePOP3+`
auth = "apop"
pipelining = "off"
timeout = "1.5m"
to = "work"
labels = []
retention = "1w1d12h"
keep_messages = 400
keep_size = "80MB"
capacity = "500 messages"
skip_larger = "25 MiB"
spam = "never"
date = "received"
`)
	got := c.POP3[0]
	got.Password = config.PasswordSource{}
	want := config.POP3{
		Name: "mail", Host: "pop.example.com", Port: 995, TLS: "implicit", TLSMin: 0x303, User: "someone",
		Auth: "apop", Pipelining: "off", Timeout: 90 * time.Second, To: "work", Labels: []string{},
		Retention:    config.Retention{Expires: true, After: (8*24 + 12) * time.Hour},
		KeepMessages: 400, KeepSize: 80_000_000, Capacity: config.Capacity{Messages: 500},
		SkipLarger: 25 << 20, Spam: "never", Date: "received", Line: 8,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("loaded\n%+v\nwant\n%+v", got, want)
	}
}

func TestRetentionAtOnce(t *testing.T) {
	r := mustLoad(t, minimal+`retention = "0"`).POP3[0].Retention
	if r.Never() || r.After != 0 {
		t.Errorf("retention %+v, want at once", r)
	}
}

func TestPOP3Faults(t *testing.T) {
	const unit = "write a number and a unit"
	checkFaults(t, line9(
		fault{text: `auth = "login"`, want: `auth: must be "auto", "plain", "apop" or "xoauth2", not "login"`},
		fault{text: `pipelining = true`, want: `pipelining: must be a string, not a boolean`, hint: "write it in quotes"},
		fault{text: `pipelining = "on"`, want: `pipelining: must be "auto" or "off", not "on"`},
		fault{text: `spam = "always"`, want: `spam: must be "classify" or "never", not "always"`},
		fault{text: `date = "now"`, want: `date: must be "header" or "received", not "now"`},
		fault{text: `timeout = "0"`, want: `timeout: "0": must be more than 0: a silent server would hold the run for ever`},
		fault{text: `retention = 14`, want: `retention: must be a string, not an integer`, hint: "write it in quotes"},
		fault{text: `retention = "14"`, want: `retention: "14": write "never", or a number and a unit (s, m, h, d or w), as in "14d"`},
		fault{text: `retention = "-1d"`, want: `retention: "-1d": must not be negative`},
		fault{text: `retention = "300000w"`, want: `retention: "300000w": is too long: 292 years are the most`},
		fault{text: `keep_messages = 0`, want: `keep_messages: must be 1 or more`,
			hint: `leave it out for no limit; retention = "0" deletes at once`},
		fault{text: `keep_messages = -5`, want: `keep_messages: must be 1 or more, not -5`},
		fault{text: `keep_size = "0B"`, want: `keep_size: "0B": must be more than 0 (leave it out for no limit; retention = "0" deletes at once)`},
		fault{text: `keep_size = "80"`, want: `keep_size: "80": ` + unit + ` (B, KB, MB, GB, KiB, MiB or GiB), as in "25MB"`},
		fault{text: `keep_size = 80`, want: `keep_size: must be a string, not an integer`, hint: "write it in quotes"},
		fault{text: `capacity = "full"`, want: `capacity: "full": write a size or a number of messages, as in "100MB" or "500 messages"`},
		fault{text: `capacity = "0 messages"`, want: `capacity: "0 messages": must be more than 0`},
		fault{text: `skip_larger = "151MiB"`, want: `skip_larger: "151MiB": must be 150MiB at most: Gmail takes no larger message`},
		fault{text: `skip_larger = "0.5B"`, want: `skip_larger: "0.5B": must be more than 0`},
	))
}

func TestLabelFaults(t *testing.T) {
	checkFaults(t, line9(
		fault{text: `labels = "INBOX"`, want: `labels: must be an array, as in ["INBOX", "Work"], not a string`},
		fault{text: `labels = ["INBOX", 1]`, want: `labels: label 2 must be a string, not an integer`},
		fault{text: `labels = [""]`, want: `labels: label 1 must not be empty`},
		fault{text: `labels = ["a\tb"]`, want: `labels: label 1 must not hold control characters`},
	))
}

func TestTo(t *testing.T) {
	two := strings.ReplaceAll(oneGmail, "address", "name = \"home\"\naddress") +
		strings.ReplaceAll(oneGmail, "address", "name = \"work\"\naddress") + onePOP3
	checkFaults(t, []fault{
		{name: "missing", text: two, want: `9: pop3.to: missing, and there are several [[gmail]]`, hint: `give one of "home" or "work"`},
		{name: "misspelt", text: two + `to = "wrok"`, want: `14: pop3.to: no [[gmail]] is called "wrok" (did you mean "work"?)`},
		{name: "unlike any", text: minimal + `to = "elsewhere"`, want: `9: pop3.to: no [[gmail]] is called "elsewhere"`},
		{name: "wrong type", text: two + `to = 1`, want: `14: pop3.to: must be a string, not an integer`, hint: "write it in quotes"},
	})
}

func TestSameMailboxTwice(t *testing.T) {
	again := strings.Replace(onePOP3, `"mail"`, `"again"`, 1)
	checkFaults(t, []fault{{name: "same", text: minimal + strings.Replace(again, "pop.", "POP.", 1),
		want: `12: pop3.user: the same host, port and user as [[pop3]] "mail" of line 4`}})
	mustLoad(t, minimal+again+"port = 1995\n")
	mustLoad(t, minimal+strings.Replace(again, "someone", "other", 1))
}

func TestLogin(t *testing.T) {
	checkFaults(t, []fault{
		{name: "user", text: strings.Replace(minimal, "someone", "some\\r\\none", 1),
			want: "7: pop3.user: must not hold control characters"},
		{name: "password", text: strings.Replace(minimal, "password_env = \"PW\"", "password = \"hunter\\n2\"", 1),
			want: "8: pop3.password: must not hold control characters"},
		{name: "password of another type", text: strings.Replace(minimal, "password_env = \"PW\"", "password = 4711", 1),
			want: "8: pop3.password: must be a string, not an integer", hint: "write it in quotes"},
		{name: "no password", text: strings.Replace(minimal, "password_env = \"PW\"", "", 1),
			want: "4: pop3.password: missing", hint: "give one of password_command, password_file, password_env and password"},
		{name: "two passwords", text: minimal + "password_file = \"x\"\n",
			want: "4: pop3.password: given more than once", hint: "keep one of password_command, password_file, password_env and password"},
		{name: "no name", text: strings.Replace(minimal, "name = \"mail\"", "", 1), want: "4: pop3.name: missing"},
	})
}
