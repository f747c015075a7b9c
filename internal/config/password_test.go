package config_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/config"
)

// account loads one whose line 8 says where the password is.
func account(t *testing.T, source string) config.POP3 {
	t.Helper()
	return mustLoad(t, strings.Replace(minimal, `password_env = "PW"`, source, 1)).POP3[0]
}

func TestReadPassword(t *testing.T) {
	tests := []struct{ name, source, file, want string }{
		{name: "inline", source: `password = " a b "`, want: " a b "},
		{name: "environment", source: `password_env = "PW"`, want: "from env"},
		{name: "command", source: `password_command = "printf 'one\\r\\ntwo\\n'; echo aside >&2"`, want: "one"},
		{name: "command without line end", source: `password_command = "printf pä"`, want: "pä"},
		{name: "file", source: `password_file = "pw"`, file: "one\r\ntwo\n", want: "one"},
		{name: "file without line end", source: `password_file = "pw"`, file: "\xe4 x", want: "\xe4 x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := account(t, test.source)
			write(t, "pw", test.file, 0o600)
			got, err := p.ReadPassword(t.Context(), env("PW", "from env"))
			if err != nil || got != test.want {
				t.Errorf("read %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestReadPasswordFaults(t *testing.T) {
	tests := []struct{ name, source, file, want string }{
		{name: "variable", source: `password_env = "PW"`,
			want: `pop3.password_env: the environment variable "PW" is not set`},
		{name: "command fails", source: `password_command = "echo hunter2; echo 'no \u001bkey' >&2; exit 3"`,
			want: `pop3.password_command: the command failed: exit status 3: no key`},
		{name: "command says too much", source: `password_command = "yes no | head -c 100000 >&2; exit 1"`,
			want: `pop3.password_command: the command failed: exit status 1: ` + strings.Repeat("no ", 100) + "…"},
		{name: "command prints nothing", source: `password_command = "echo; echo second"`,
			want: `pop3.password_command: the command printed no password`},
		{name: "command prints a control character", source: `password_command = "printf 'a\\tb'"`,
			want: `pop3.password_command: the password holds control characters`},
		{name: "empty file", source: `password_file = "pw"`, file: "\nsecond\n",
			want: `pop3.password_file: the password is empty`},
		{name: "control character in a file", source: `password_file = "pw"`, file: "a\x7f\n",
			want: `pop3.password_file: the password holds control characters`},
		{name: "carriage return in a file", source: `password_file = "pw"`, file: "a\rb\r\n",
			want: `pop3.password_file: the password holds control characters`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := account(t, test.source)
			write(t, "pw", test.file, 0o600)
			got, err := p.ReadPassword(t.Context(), env())
			if want := "config.toml:8: " + test.want; err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
			if fault := (*config.Error)(nil); !errors.As(err, &fault) || fault.Hint == "" || strings.Contains(fault.Hint, "hunter2") {
				t.Errorf("%v has the hint %q", err, fault.Hint)
			}
			if got != "" {
				t.Errorf("read %q beside an error", got)
			}
		})
	}
}

func TestPasswordFile(t *testing.T) {
	p := account(t, `password_file = "pw"`)
	_, err := p.ReadPassword(t.Context(), env())
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasSuffix(err.Error(), "/pw: can't be read: no such file or directory") {
		t.Errorf("no file: %v", err)
	}
	write(t, "pw", "x\n", 0o604)
	_, err = p.ReadPassword(t.Context(), env())
	var fault *config.Error
	if !errors.As(err, &fault) || !strings.HasSuffix(err.Error(), "/pw: holds a secret and is open to others (mode 0604)") {
		t.Fatalf("open file: %v", err)
	}
	if fault.Line != 8 || fault.Hint != "chmod 600 "+p.Password.File {
		t.Errorf("line %d, hint %q", fault.Line, fault.Hint)
	}
	e := env()
	e.GOOS = "windows"
	if got, err := p.ReadPassword(t.Context(), e); got != "x" || err != nil {
		t.Errorf("on Windows: %q, %v", got, err)
	}
}

func TestCommandEndsWithTheContext(t *testing.T) {
	p := account(t, `password_command = "exec sleep 30"`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := p.ReadPassword(ctx, env())
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if want := "config.toml:8: pop3.password_command: the command was ended: context deadline exceeded"; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A key agent that the command starts may keep its output open.
func TestCommandLeavesAChildBehind(t *testing.T) {
	p := account(t, `password_command = "echo one; sleep 3 &"`)
	got, err := p.ReadPassword(t.Context(), env())
	if err != nil || got != "one" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestInlinePasswordOfAConfigIsHidden(t *testing.T) {
	p := account(t, `password = "hunter2"`)
	if got := dump(p); strings.Contains(got, "hunter2") || !strings.Contains(got, "[hidden]") {
		t.Errorf("printed %s", got)
	}
}
