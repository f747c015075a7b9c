package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/config"
)

func TestDefaults(t *testing.T) {
	dir := enter(t, minimal, 0o644)
	c, err := config.Load("config.toml", env())
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(home, ".local/state/popbridge")
	password := c.POP3[0].Password
	if password.Env != "PW" {
		t.Errorf("password from %+v", password)
	}
	c.POP3[0].Password = config.PasswordSource{}
	want := &config.Config{
		Path:  filepath.Join(dir, "config.toml"),
		State: filepath.Join(state, "state.db"), StateIsDefault: true,
		AlertAfter: time.Hour, Jobs: 16,
		Gmail: []config.Gmail{{
			Name: "default", Address: "in@example.org", Client: filepath.Join(dir, "client.json"),
			Token: filepath.Join(state, "token-default.json"), Access: "insert", UnitsPerMinute: 6000, Line: 1,
		}},
		POP3: []config.POP3{{
			Name: "mail", Host: "pop.example.com", Port: 995, TLS: "implicit", TLSMin: 0x303,
			User: "someone", Auth: "auto", Pipelining: "auto", Timeout: time.Minute, To: "default",
			Labels: []string{"INBOX", "UNREAD"}, SkipLarger: 157286400, Spam: "classify", Date: "header", Line: 4,
		}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("loaded\n%+v\nwant\n%+v", c, want)
	}
	if !c.POP3[0].Retention.Never() || c.POP3[0].Capacity.Known() {
		t.Errorf("retention %+v, capacity %+v", c.POP3[0].Retention, c.POP3[0].Capacity)
	}
}

func TestTop(t *testing.T) {
	dir := enter(t, "state = \"s/state.db\"\nalert_after = \"0\"\njobs = 1\n"+minimal, 0o600)
	c, err := config.Load("config.toml", env())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "s/state.db"); c.State != want || c.StateIsDefault {
		t.Errorf("state %q, default %v, want %q", c.State, c.StateIsDefault, want)
	}
	if want := filepath.Join(dir, "s/token-default.json"); c.Gmail[0].Token != want {
		t.Errorf("token %q, want %q beside the state", c.Gmail[0].Token, want)
	}
	if c.AlertAfter != 0 || c.Jobs != 1 {
		t.Errorf("alert_after %v, jobs %d", c.AlertAfter, c.Jobs)
	}
}

func TestPathsAreOfTheFilesFolder(t *testing.T) {
	dir := enter(t, minimal, 0o600)
	t.Chdir(t.TempDir())
	c, err := config.Load(filepath.Join(dir, "config.toml"), env())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "client.json"); c.Gmail[0].Client != want {
		t.Errorf("client %q, want %q", c.Gmail[0].Client, want)
	}
}

func TestTopFaults(t *testing.T) {
	checkFaults(t, []fault{
		{name: "jobs", text: "jobs = 0\n" + minimal, want: "1: jobs: must be 1 or more, not 0"},
		{name: "jobs in quotes", text: "jobs = \"4\"\n" + minimal, want: "1: jobs: must be an integer, not a string"},
		{name: "jobs too many", text: "jobs = 9223372036854775807\n" + minimal,
			want: "1: jobs: must be from 1 to 2147483647, not 9223372036854775807"},
		{name: "alert_after", text: "alert_after = \"soon\"\n" + minimal,
			want: "1: alert_after: \"soon\": write a number and a unit (s, m, h, d or w), as in \"14d\" or \"1d12h\""},
		{name: "a number for a duration", text: "alert_after = 60\n" + minimal,
			want: "1: alert_after: must be a string, not an integer", hint: "write it in quotes"},
		{name: "empty", text: "", want: " no [[gmail]] table: nothing to deliver to\n no [[pop3]] table: nothing to fetch from",
			hint: "add one as the README shows"},
		{name: "one bracket", text: oneGmail + strings.Replace(onePOP3, "[[pop3]]", "[pop3]", 1),
			want: "4: pop3: must be written [[pop3]], with two brackets"},
		{name: "no table", text: "pop3 = 1\n" + oneGmail, want: "1: pop3: must be a [[pop3]] table, not an integer"},
		{name: "no tables", text: "pop3 = [\n 1]\n" + oneGmail, want: "1: pop3: must be [[pop3]] tables, not an integer"},
		{name: "dates", text: "jobs = 2020-01-02\nalert_after = 2020-01-02T03:04:05Z\n" + minimal,
			want: "1: jobs: must be an integer, not a date or time\n2: alert_after: must be a string, not a date and time"},
		{name: "state", text: "state = \"\"\n" + minimal, want: "1: state: must not be empty"},
		{name: "state of another", text: "state = \"~other/x\"\n" + minimal,
			want: "1: state: \"~other/x\": only ~ and ~/ stand for the home folder; begin a file's name with \"./\""},
	})
}

func TestUnknownKeys(t *testing.T) {
	checkFaults(t, append(line9(
		fault{text: "retenton = \"14d\"", want: "retenton: unknown key (did you mean \"retention\"?)"},
		fault{text: "hostname = \"x\"", want: "hostname: unknown key (did you mean \"host\"?)"},
		fault{text: "Labels = []", want: "Labels: unknown key (did you mean \"labels\"?)"},
		fault{text: "colour = 1", want: "colour: unknown key"},
		fault{text: "jobs = 2", want: "jobs: unknown key here (it belongs at the top of the file, before the first table)"},
		fault{text: "access = \"verify\"", want: "access: unknown key here (it belongs in [[gmail]])"},
	),
		fault{name: "unprintable", text: minimal + "\"a\\nb\" = 1", want: "9: \"pop3.a\\nb\": unknown key"},
		fault{name: "at the top", text: "name = 1\n" + minimal,
			want: "1: name: unknown key here (it belongs in [[gmail]] or in [[pop3]])"},
		fault{name: "a table", text: minimal + "[[gmial]]\nname = \"x\"\n", want: "9: gmial: unknown key (did you mean \"gmail\"?)"},
		fault{name: "below", text: minimal + "[pop3.x.y]\nz = 1", want: "9: pop3.x: unknown key"},
		fault{name: "in one line", text: oneGmail + "pop3.host = 1\n", want: "4: gmail.pop3: unknown key here (it belongs at the top of the file, before the first table)\n no [[pop3]] table: nothing to fetch from"},
	))
}

func TestAllFaultsAreTold(t *testing.T) {
	checkFaults(t, []fault{{
		name: "several",
		text: minimal + "port = 0\nretenton = \"x\"\n[[pop3]]\nname = \"Mail\"\n",
		want: "9: pop3.port: must be from 1 to 65535, not 0\n" +
			"10: pop3.retenton: unknown key (did you mean \"retention\"?)\n" +
			"11: pop3.host: missing\n11: pop3.user: missing\n11: pop3.password: missing\n" +
			"12: pop3.name: \"Mail\" is the name of the [[pop3]] of line 5 already",
	}})
}

func TestSyntax(t *testing.T) {
	checkFaults(t, []fault{
		{name: "no quotes", text: "\npassword = hunter2\n", want: "2:12: unexpected character at start of value", hint: "put texts in quotes, which end on the line where they begin"},
		{name: "no end", text: "password = \"hunter2\n", want: "1:20: basic strings cannot have new lines", hint: "put texts in quotes, which end on the line where they begin"},
		{name: "rest", text: "password = 'x' hunter2\n", want: "1:16: expected newline"},
		{name: "twice", text: "jobs = 1\njobs = 2\n", want: "2:1: key jobs is already defined"},
		{name: "Windows path", text: `state = "C:\Users\x"`, want: "1:12: unicode escape sequence is too short",
			hint: "write a text with backslashes, such as a Windows path, in single quotes"},
		{name: "an apostrophe", text: "a = \"\"'", want: "1:7: expected newline"},
		{name: "UTF-16", text: "\xff\xfej\x00", want: "1: is written in UTF-16", hint: "save it as UTF-8"},
		{name: "BOM", text: "\xef\xbb\xbfjobs = x\n", want: "1:8: unexpected character at start of value", hint: "put texts in quotes, which end on the line where they begin"},
	})
}

func TestByteOrderMarkAndCRLF(t *testing.T) {
	c := mustLoad(t, "\xef\xbb\xbf"+strings.ReplaceAll(minimal, "\n", "\r\n"))
	if c.POP3[0].Line != 4 || c.POP3[0].Host != "pop.example.com" {
		t.Errorf("loaded %+v", c.POP3[0])
	}
}

func TestInlineTables(t *testing.T) {
	text := "gmail = [{address = 'in@example.org', client = 'c'}]\npop3 = [\n {name = 'a', host = 'h', user = 'u', password_env = 'P'},\n" +
		" {name = 'b', host = 'h', user = 'v',\n  password_env = 'P', port = 0},\n]\n"
	checkFaults(t, []fault{{name: "port", text: text, want: "5: pop3.port: must be from 1 to 65535, not 0"}})
	c := mustLoad(t, strings.Replace(text, "port = 0", "port = 1", 1))
	if c.POP3[0].Line != 3 || c.POP3[1].Line != 4 {
		t.Errorf("lines %d and %d, want 3 and 4", c.POP3[0].Line, c.POP3[1].Line)
	}
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "large", strings.Repeat("#", 1<<20+1), 0o600)
	tests := []struct{ path, want, hint string }{
		{"none.toml", "none.toml: no such file", "write one: popbridge init, or name it with --config FILE"},
		{".", ".: can't be read: is a directory", ""},
		{"large", "large: is no configuration: larger than 1 MiB", ""},
		{"", "no home folder to look for a configuration in", "name it with --config FILE"},
	}
	for _, test := range tests {
		_, err := config.Load(test.path, env())
		var fault *config.Error
		if !errors.As(err, &fault) || err.Error() != test.want || fault.Hint != test.hint {
			t.Errorf("%q: %v (%+v), want %q, hint %q", test.path, err, fault, test.want, test.hint)
		}
	}
	if _, err := config.Load("none.toml", env()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

func TestNoHome(t *testing.T) {
	enter(t, minimal, 0o600)
	_, err := config.Load("config.toml", config.Env{GOOS: "linux"})
	if want := "config.toml: state: missing, and there is no home folder to keep it in"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	var all config.Errors
	if !errors.As(err, &all) || all[0].Hint != `set state = "/PATH/state.db" in the configuration` {
		t.Errorf("%+v", all)
	}
	write(t, "config.toml", "state = \"~/s\"\n"+minimal, 0o600)
	_, err = config.Load("config.toml", config.Env{GOOS: "linux"})
	if want := "config.toml:1: state: \"~/s\": there is no home folder for ~ to stand for"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestLookups(t *testing.T) {
	c := mustLoad(t, minimal)
	if g, ok := c.Destination("default"); !ok || g.Address != "in@example.org" {
		t.Errorf("destination %+v, %v", g, ok)
	}
	if p, ok := c.Account("mail"); !ok || p.User != "someone" {
		t.Errorf("account %+v, %v", p, ok)
	}
	if _, ok := c.Destination("mail"); ok {
		t.Error("an account is no destination")
	}
	if _, ok := c.Account("Mail"); ok {
		t.Error("an account has one spelling")
	}
}

func TestModeOfAFileWithAPassword(t *testing.T) {
	inline := strings.Replace(minimal, "password_env = \"PW\"", "password = \"x\"", 1)
	tests := []struct {
		mode os.FileMode
		text string
		goos string
		want string
	}{
		{0o644, inline, "linux", "config.toml: holds a secret and is open to others (mode 0644)"},
		{0o601, inline, "darwin", "config.toml: holds a secret and is open to others (mode 0601)"},
		{0o640, inline, "linux", ""},
		{0o600, inline, "linux", ""},
		{0o644, inline, "windows", ""},
		{0o644, minimal, "linux", ""},
	}
	for _, test := range tests {
		enter(t, test.text, test.mode)
		e := env()
		e.GOOS = test.goos
		_, err := config.Load("config.toml", e)
		var fault *config.Error
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%04o on %s: %v", test.mode, test.goos, err)
		case test.want == "":
		case !errors.As(err, &fault) || err.Error() != test.want || fault.Hint != "chmod 600 config.toml":
			t.Errorf("%04o on %s: %v (%+v), want %s", test.mode, test.goos, err, fault, test.want)
		}
	}
}
