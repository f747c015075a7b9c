package reliability_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// Secrets that stand where they must, and may be nowhere else.
const (
	canaryPassword = "canary+Pa55/word&46c1"
	canarySubject  = "canary-subject-of-8e27"
	canaryBody     = "canary-body-of-51d0"
	canarySender   = "canary-sender-93ab"
)

// secretWorld is a provider and a Gmail for the real program, and what it
// may not tell.
type secretWorld struct {
	t       *testing.T
	dir     string
	pop     *pop3test.Server
	gmail   *gmailtest.Server
	secrets map[string]string
	// umask is what the program is started with, env what else it finds.
	umask string
	env   []string
}

func newSecretWorld(t *testing.T) *secretWorld {
	t.Helper()
	w := &secretWorld{t: t, dir: t.TempDir(), umask: "022", secrets: map[string]string{"the password": canaryPassword,
		"a subject": canarySubject, "a body": canaryBody, "a sender": canarySender}}
	pop, err := pop3test.Start(pop3test.Options{Pipelining: true})
	w.must(err)
	t.Cleanup(func() { w.must(pop.Close()) })
	w.pop = pop
	w.gmail, err = gmailtest.Start(gmailtest.Options{Addresses: []string{"shop@example.org"}, Fold: true})
	w.must(err)
	t.Cleanup(w.gmail.Close)
	w.write("client.json", w.gmail.ClientJSON())
	w.write("key.json", w.gmail.ServiceAccountJSON())
	w.write("token.json", w.gmail.ExpiredTokenJSON("shop@example.org", gmailtest.ScopeInsert, gmailtest.ScopeLabels))
	w.learn("client.json")
	w.learn("key.json")
	w.learn("token.json")
	w.pop.AddMailbox("shop", canaryPassword)
	w.configure(fmt.Sprintf("password = %q", canaryPassword), `client = "client.json"`)
	return w
}

func (w *secretWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *secretWorld) path(name string) string { return filepath.Join(w.dir, name) }

func (w *secretWorld) write(name string, content []byte) {
	w.t.Helper()
	w.must(os.WriteFile(w.path(name), content, 0o600))
}

func (w *secretWorld) configure(password, client string) {
	w.write("config.toml", fmt.Appendf(nil, "state = \"state/state.db\"\n[[gmail]]\naddress = \"shop@example.org\"\n%s\ntoken = \"token.json\"\nendpoint = %q\nunits_per_minute = 0\n"+
		"[[pop3]]\nname = \"shop\"\nhost = \"127.0.0.1\"\nport = %d\nuser = \"shop\"\n%s\ntls = \"none\"\nretention = \"0\"\ntimeout = \"5s\"\nskip_larger = \"1MB\"\n", client, w.gmail.URL(), w.pop.Port(), password))
}

// learn takes what is secret in a file of credentials for secrets from now on.
func (w *secretWorld) learn(name string) {
	w.t.Helper()
	data, err := os.ReadFile(w.path(name))
	w.must(err)
	var file any
	w.must(json.Unmarshal(data, &file))
	w.learnFrom(name, file)
}

func (w *secretWorld) learnFrom(name string, value any) {
	fields, _ := value.(map[string]any)
	for key, value := range fields {
		text, _ := value.(string)
		switch key {
		case "client_secret", "access_token", "refresh_token":
			w.secrets[name+"'s "+key+" "+text[:8]] = text
		case "private_key":
			w.secrets[name+"'s "+key] = strings.Split(text, "\n")[2] // a line of it will do
		default:
			w.learnFrom(name, value)
		}
	}
}

// post puts a message into the provider's mailbox.
func (w *secretWorld) post(uid string, more int) {
	w.pop.Mailbox("shop").Add(uid, fmt.Appendf(nil, "From: %s <%s@example.com>\r\nSubject: %s\r\nMessage-ID: <%s@example.com>\r\n\r\n%s\r\n%s",
		canarySender, canarySender, canarySubject, uid, canaryBody, strings.Repeat(canaryBody+"\r\n", more)))
}

// command is the program with arguments, under the umask.
func (w *secretWorld) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	w.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", "umask " + w.umask + "; exec \"$0\" \"$@\"", program, "--config", w.path("config.toml")}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir}, w.env...)
	return cmd
}

// run runs a command, whatever its exit code, and looks into what it says.
func (w *secretWorld) run(args ...string) (said string, code int) {
	w.t.Helper()
	cmd := w.command(args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	w.search(fmt.Sprintf("what %q says", args), out)
	return string(out), cmd.ProcessState.ExitCode()
}

// forms are the ways to write a secret that are looked for.
func forms(secret string) []string {
	all := []string{secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), url.QueryEscape(secret), url.PathEscape(secret)}
	for shift := range 3 { // wherever it stands in what is encoded
		padded := []byte(strings.Repeat("\x00", shift) + secret)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			whole := encoding.EncodeToString(padded[:len(padded)/3*3])
			all = append(all, whole[(shift*8+5)/6:])
		}
	}
	return all
}

// search fails the test where something tells a secret.
func (w *secretWorld) search(where string, text []byte) {
	w.t.Helper()
	for what, secret := range w.secrets {
		for _, form := range forms(secret) {
			if bytes.Contains(text, []byte(form)) {
				w.t.Errorf("%s holds %s as %q:\n%.2000q", where, what, form, text)
			}
		}
	}
}

// inspect searches all files but those that a person made, and fails the test
// where others may look in.
func (w *secretWorld) inspect(moment string) (found []string) {
	w.t.Helper()
	own := map[string]bool{"config.toml": true, "client.json": true, "key.json": true, "token.json": true, "seen": true}
	w.must(filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == w.dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, mode := filepath.Base(path), info.Mode().Perm()
		switch {
		case d.IsDir() && mode != 0o700, !d.IsDir() && mode != 0o600 && name != "seen":
			w.t.Errorf("%s, %s has mode %04o", moment, name, mode)
		case d.IsDir() || own[name]:
			return nil
		}
		content, err := os.ReadFile(path)
		if strings.HasPrefix(name, "state.db") {
			// It keeps a notice until Gmail has it, and a notice has both.
			content = bytes.ReplaceAll(bytes.ReplaceAll(content, []byte(canarySubject), nil), []byte(canarySender), nil)
		}
		w.search(moment+", "+name, content)
		found = append(found, name)
		return err
	}))
	return found
}

// TestFormsAreFound: the search would see a secret, wherever it stands in what
// is encoded.
func TestFormsAreFound(t *testing.T) {
	for before := range 7 {
		text := []byte(strings.Repeat("x", before) + canaryPassword + "yz")
		for _, written := range []string{string(text), hex.EncodeToString(text), strings.ToUpper(hex.EncodeToString(text)), url.QueryEscape(string(text)), url.PathEscape(string(text)),
			base64.StdEncoding.EncodeToString(text), base64.RawURLEncoding.EncodeToString(text)} {
			if !slices.ContainsFunc(forms(canaryPassword), func(form string) bool { return strings.Contains(written, form) }) {
				t.Errorf("%q is not seen in %q", canaryPassword, written)
			}
		}
	}
}
