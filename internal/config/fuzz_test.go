package config

import (
	"os"
	"strings"
	"testing"
	"unicode"
)

// withPassword is a table with a secret, to come after anything.
const withPassword = "\n[[pop3]]\nname = \"canary\"\npassword = \"C4nary-9d1e\"\n"

// Whatever the octets: no panic, faults that name the file and fit a line
// each, none that quotes a password, and a configuration only where there are
// none.
func FuzzLoad(f *testing.F) {
	text, err := os.ReadFile("testdata/example.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	env := Env{Home: "/home/someone", GOOS: "linux"}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, errs := parse(source{"conf", "/etc/conf", 0o644}, data, env)
		for _, err := range errs {
			said := err.Error()
			if !strings.HasPrefix(said, "conf:") || err.Problem == "" || err.Line < 0 {
				t.Errorf("%q of %q", said, data)
			}
			checkLine(t, said)
		}
		if len(errs) == 0 && (len(c.Gmail) == 0 || len(c.POP3) == 0 || c.State == "") {
			t.Errorf("loaded %+v of %q", c, data)
		}
		if _, errs = parse(source{"conf", "/etc/conf", 0o600}, append(data, withPassword...), env); opens(data) {
			return // a text that goes on into the table is no password
		}
		for _, err := range errs {
			if strings.Contains(err.Error()+err.Hint, "C4nary") {
				t.Errorf("%v quotes the password, after %q", err, data)
			}
		}
	})
}

// opens tells whether a file may end within a text, or has the password where
// it may be quoted.
func opens(data []byte) bool {
	text := string(data)
	return strings.Contains(text, `"""`) || strings.Contains(text, "'''") || strings.Contains(text, "C4nary")
}

// checkLine fails the test where a terminal might obey a text.
func checkLine(t *testing.T, said string) {
	t.Helper()
	if i := strings.IndexFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q is unprintable at %d", said, i)
	}
}
