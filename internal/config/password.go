package config

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxPassword is the most octets that are looked at for a password.
const maxPassword = 64 << 10

// PasswordSource is where a password comes from: exactly one of its exported
// fields is set.
type PasswordSource struct {
	// Inline is the password itself.
	Inline Secret
	// Command prints it as its first line.
	Command string
	// File has it as its first line.
	File string
	// Env is the environment variable that holds it.
	Env string

	at Error // the place of the key, for the errors of reading
}

var passwordKeys = []string{"password", "password_command", "password_file", "password_env"}

// password reads the keys of which one is to be there.
func (t *table) password() PasswordSource {
	var s PasswordSource
	if text, ok := t.printable("password"); ok {
		s.Inline = NewSecret(text)
	}
	s.Command, _ = t.text("password_command")
	s.File = t.file("password_file")
	s.Env, _ = t.printable("password_env")
	for _, key := range passwordKeys {
		if t.has(key) {
			s.at = t.where(key)
		}
	}
	t.r.inline = t.r.inline || t.has("password")
	return s
}

// onePassword wants one of the keys, well or ill written.
func (t *table) onePassword() {
	n := 0
	for _, key := range passwordKeys {
		if t.has(key) {
			n++
		}
	}
	switch {
	case n == 0:
		t.fail("password", "missing", "give one of password_command, password_file, password_env and password")
	case n > 1:
		t.fail("password", "given more than once", "keep one of password_command, password_file, password_env and password")
	}
}

// ReadPassword gets the password from where the configuration says. A command
// runs in the shell and has a minute. The error is an *Error, which never
// holds the password; it wraps the context's where that ended.
func (p POP3) ReadPassword(ctx context.Context, env Env) (string, error) {
	text, fault := p.Password.read(ctx, env)
	if fault == nil {
		fault = usable(text, "password", "it has to be a line of its own: write it anew")
	}
	if fault != nil {
		at := p.Password.at
		at.Problem, at.Hint, at.Err = fault.Problem, fault.Hint, fault.Err
		return "", &at
	}
	return text, nil
}

func (s PasswordSource) read(ctx context.Context, env Env) (string, *Error) {
	switch {
	case s.Command != "":
		return runCommand(ctx, s.Command, "password")
	case s.File != "":
		return readSecretFile(s.File, env.GOOS)
	case s.Env != "":
		text := env.getenv(s.Env)
		if text == "" {
			return "", &Error{Problem: "the environment variable " + quote(s.Env) + " is not set",
				Hint: "set it where popbridge is started, for cron above popbridge's line of the crontab"}
		}
		return text, nil
	}
	return s.Inline.Reveal(), nil
}

// usable refuses what would not survive a line of POP3 (RFC 1939).
func usable(text, what, hint string) *Error {
	if text == "" {
		return &Error{Problem: "the " + what + " is empty", Hint: hint}
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] == 0x7f {
			return &Error{Problem: "the " + what + " holds control characters", Hint: hint}
		}
	}
	return nil
}

// readSecretFile gives the first line of a file that is not open to others.
func readSecretFile(path, goos string) (string, *Error) {
	f, err := os.Open(path)
	if err != nil {
		fault := &Error{Problem: plain(path) + ": can't be read: " + cause(err), Err: err}
		if errors.Is(err, fs.ErrNotExist) {
			fault.Hint = "write the password into the first line of that file"
		}
		return "", fault
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", &Error{Problem: plain(path) + ": can't be read: " + cause(err), Err: err}
	}
	if fault := exposed(path, info.Mode(), goos); fault != nil {
		return "", &Error{Problem: fault.Error(), Hint: fault.Hint}
	}
	line, err := firstLine(f)
	switch {
	case err != nil:
		return "", &Error{Problem: plain(path) + ": can't be read: " + cause(err), Err: err}
	case line == "":
		return "", &Error{Problem: "the password is empty", Hint: "write the password into the first line of that file"}
	}
	return line, nil
}

// firstLine reads up to a line end, CRLF or LF, or to the end.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword)).ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}
