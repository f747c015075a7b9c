package config

import (
	"os"
	"strings"
	"testing"
	"unicode"
)

// Whatever the octets: no panic, faults that name the file and fit a line
// each, and a configuration only where there are none.
func FuzzLoad(f *testing.F) {
	text, err := os.ReadFile("testdata/example.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, seed := range []string{
		"", "[[pop3]]\n[[gmail]]\n", "[pop3]\n[gmail.x]\n", "pop3 = [{}, 1, {name.a = 1}]\ngmail.name = 2\n",
		"[[pop3]]\n[[pop3.a]]\n[pop3.a.b]\nc = 1\n[[pop3]]\npassword = \"\x01\"", "a = [[[{b = '\u2028'}]]]\n[x]\n[[y.z]]",
		"[[gmail]]\nendpoint = 'http://[::1%zone]/'\naddress = '\"a\"@b'\n[[pop3]]\nretention = '9w9w'\nhost = '::1'\ntls = 'none'",
		"\xef\xbb\xbf\r\n\"\" = 1\n'' . '' = 2",
	} {
		f.Add([]byte(seed))
	}
	env := Env{Home: "/home/someone", GOOS: "linux"}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, errs := parse(source{"conf", "/etc/conf", 0o644}, data, env)
		for _, err := range errs {
			said := err.Error()
			if !strings.HasPrefix(said, "conf:") || err.Problem == "" || err.Line < 0 {
				t.Errorf("%q of %q", said, data)
			}
			if i := strings.IndexFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%q is unprintable at %d", said, i)
			}
		}
		if len(errs) == 0 && (len(c.Gmail) == 0 || len(c.POP3) == 0 || c.State == "") {
			t.Errorf("loaded %+v of %q", c, data)
		}
	})
}
