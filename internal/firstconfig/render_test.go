package firstconfig_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

var env = config.Env{Home: "/home/user", GOOS: "linux"}

func answers() (firstconfig.Gmail, firstconfig.POP3) {
	return firstconfig.Gmail{Address: "desk@example.com", Client: "client.json"},
		firstconfig.POP3{Name: "office", Host: "pop.example.com", Port: 995, TLS: "implicit", User: "office@example.com",
			PasswordFile: "office.password", Labels: []string{"INBOX", "UNREAD"}, Retention: "14d"}
}

// load writes a configuration and reads it as a run does.
func load(t interface {
	Helper()
	Fatalf(string, ...any)
}, dir string, text []byte) *config.Config {
	t.Helper()
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatalf("%v", err)
	}
	c, err := config.Load(path, env)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return c
}

func TestFileLoads(t *testing.T) {
	g, a := answers()
	text := firstconfig.File(g, a)
	c := load(t, t.TempDir(), text)
	if got := c.POP3[0]; got.Host != a.Host || got.Port != a.Port || got.User != a.User || got.Name != a.Name || !reflect.DeepEqual(got.Labels, a.Labels) {
		t.Errorf("loaded %+v", got)
	}
	for line := range strings.Lines(string(text)) {
		if len(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("a long line: %s", line)
		}
	}
}

// Each key that is offered can be used by taking the "#" away, alone and with
// the others.
func TestOffersLoad(t *testing.T) {
	g, a := answers()
	text := string(firstconfig.File(g, a))
	offer := regexp.MustCompile(`(?m)^#([a-z_]+ = .*)$`)
	offers := offer.FindAllString(text, -1)
	if len(offers) < 7 {
		t.Fatalf("offered are %q", offers)
	}
	for _, o := range offers {
		load(t, t.TempDir(), []byte(strings.Replace(text, o, o[1:], 1)))
	}
	load(t, t.TempDir(), []byte(offer.ReplaceAllString(text, "$1")))
}

func TestFileOfEveryAnswer(t *testing.T) {
	g, a := answers()
	g.Client, g.ServiceAccount, g.Access, g.Endpoint = "", "key.json", "verify", "http://127.0.0.1:8025/"
	a.TLSMin, a.TLSCA, a.TLSFingerprint, a.ServerName = "1.0", "ca.pem", strings.Repeat("0a", 32), "mail.example.com"
	a.Auth, a.PasswordFile, a.PasswordEnv, a.To, a.Capacity, a.Labels = "apop", "", "SECRET", "default", "500 messages", []string{}
	c := load(t, t.TempDir(), firstconfig.File(g, a))
	if got := c.Gmail[0]; got.Access != "verify" || got.Endpoint != g.Endpoint || filepath.Base(got.ServiceAccount) != "key.json" {
		t.Errorf("loaded %+v", got)
	}
	if got := c.POP3[0]; got.TLSMin == 0 || filepath.Base(got.TLSCA) != "ca.pem" || len(got.TLSFingerprint) != 32 ||
		got.ServerName != "mail.example.com" || got.Auth != "apop" || got.Password.Env != "SECRET" || got.Capacity.Messages != 500 || len(got.Labels) != 0 {
		t.Errorf("loaded %+v", got)
	}
}

func TestFileOfPlaintext(t *testing.T) {
	g, a := answers()
	a.TLS, a.Port, a.AllowPlaintext, a.PasswordFile, a.PasswordCommand, a.Labels, a.Retention = "none", 110, true, "", "cat", nil, ""
	if got := load(t, t.TempDir(), firstconfig.File(g, a)).POP3[0]; !got.AllowPlaintext || got.Password.Command != "cat" || len(got.Labels) != 2 || !got.Retention.Never() {
		t.Errorf("loaded %+v", got)
	}
}

// The consent to send a password readable is no key of a server with TLS.
func TestPlaintextIsAllowedWithoutTLSAlone(t *testing.T) {
	g, a := answers()
	a.AllowPlaintext = true
	if text := string(firstconfig.File(g, a)); strings.Contains(text, "allow_plaintext") || strings.Contains(text, "no encryption") {
		t.Errorf("wrote\n%s", text)
	}
}

func TestTableGoesToTheEndOfAFile(t *testing.T) {
	g, a := answers()
	text := firstconfig.File(g, a)
	a.Name, a.User = "second", "second"
	if c := load(t, t.TempDir(), append(text, firstconfig.Table(a)...)); len(c.POP3) != 2 || c.POP3[1].Name != "second" {
		t.Errorf("loaded %+v", c.POP3)
	}
}

// Whatever is answered comes back from the file as it was, and nothing that
// is answered becomes a key.
func TestEveryTextComesBack(t *testing.T) {
	dir := t.TempDir()
	printable := rapid.StringOfN(rapid.RuneFrom([]rune{'"', '\\', '\'', '#', '=', ' ', 'é', '日', '\u202e', '\U0001F600', '\u00a0', '\ufeff', 'u', 'n'}), 1, 40, -1)
	anything := rapid.OneOf(printable, rapid.StringN(1, 60, -1), rapid.StringMatching(`"\]?\n[a-z]+ = [0-9]`))
	rapid.Check(t, func(t *rapid.T) {
		g, a := answers()
		a.User = printable.Draw(t, "user")
		a.PasswordFile, a.PasswordCommand = "", anything.Draw(t, "command")
		a.Labels = rapid.SliceOfN(printable, 0, 4).Draw(t, "labels")
		c := load(t, dir, firstconfig.File(g, a))
		if got := c.POP3[0]; got.User != a.User || got.Password.Command != a.PasswordCommand || !reflect.DeepEqual(got.Labels, a.Labels) {
			t.Fatalf("of %+v came %+v", a, got)
		}
	})
}

// Octets that TOML can't hold don't end the text.
func TestNoUTF8(t *testing.T) {
	g, a := answers()
	a.User = "a\xff\"b"
	if got := load(t, t.TempDir(), firstconfig.File(g, a)).POP3[0].User; got != "a\ufffd\"b" {
		t.Errorf("loaded %q", got)
	}
}
