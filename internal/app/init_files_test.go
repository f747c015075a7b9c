package app_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// atClient are the questions before the client's, and after it.
func atClient(turns ...asked) []asked {
	turns = append([]asked{{"Gmail address: ", "shop@example.org"}, {"Look messages up", "no"}}, turns...)
	return append(turns, asked{"Labels", ""}, asked{"Days", ""})
}

func (n *newcomer) read(path string) string {
	n.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		n.t.Fatal(err)
	}
	return string(data)
}

func TestInitOverwritesNoConfiguration(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true // and asks nothing
	n.write(n.config(), []byte("mine"), 0o600)
	n.expect(64)
	n.says(n.config()+" is there already, and init overwrites nothing", "hint: popbridge check", "popbridge init --print >>", "mv "+n.config())
	if n.read(n.config()) != "mine" {
		t.Error("it was overwritten")
	}
	if err := os.Remove(n.config()); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", n.config()); err != nil {
		t.Fatal(err)
	}
	n.expect(64)
}

// What somebody wrote while the questions were answered stays, and nothing
// else does.
func TestInitOverwritesNoConfigurationOfMeanwhile(t *testing.T) {
	n := known(t, implicit, begin(officePassword), rest())
	n.client()
	n.turns[4] = asked{"Its file", ""}
	n.meanwhile = func() { n.write(n.config(), []byte("mine"), 0o600) }
	n.expect(73, n.ca()...)
	n.says("file exists", "hint: somebody made that file meanwhile")
	files, err := filepath.Glob(n.path(".config", "popbridge", "*"))
	if err != nil || len(files) != 1 || n.read(n.config()) != "mine" {
		t.Errorf("there are %q", files)
	}
}

func TestInitSaysAtOnceThatItCantWrite(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.terminal = true
	n.write(n.path(".config"), nil, 0o600) // a file in the folder's place
	n.expect(73)
	n.says("not a directory", "hint: see whether")
}

// Files that are left of an earlier configuration are not overwritten either;
// those that are the same are used.
func TestInitOverwritesNoOtherFile(t *testing.T) {
	for left, want := range map[string][2]string{"other": {"example-mail-2.password", "client-2.json"}, "": {"example-mail.password", "client.json"}} {
		n := known(t, implicit, begin(officePassword))
		password, client := left, left
		if left == "" {
			password, client = officePassword+"\n", string(n.gmail.ClientJSON())
		}
		n.write(n.path(".config", "popbridge", "example-mail.password"), []byte(password), 0o600)
		n.write(n.path(".config", "popbridge", "client.json"), []byte(client), 0o600)
		n.turns = append(n.turns, atClient(asked{"Its file", n.client()})...)
		n.expect(0, n.ca()...)
		g, a := n.wrote()
		if filepath.Base(a.Password.File) != want[0] || filepath.Base(g.Client) != want[1] || n.password(a) != officePassword {
			t.Errorf("wrote %s, %s", a.Password.File, g.Client)
		}
		if n.read(n.path(".config", "popbridge", "example-mail.password")) != password {
			t.Error("the password's file was overwritten")
		}
		n.modes()
	}
}

func TestInitFindsTheClient(t *testing.T) {
	n := known(t, implicit, begin(officePassword))
	file := n.client()
	n.turns = append(n.turns, atClient(asked{`Its file, or "later" [` + file + "]: ", ""})...)
	n.expect(0, n.ca()...)
	if g, _ := n.wrote(); n.read(g.Client) != n.read(file) {
		t.Error("the client is another one")
	}
	n.modes()
}

// One beside the configuration comes first, is used where it is, and is closed
// to others: a run would refuse it as it is.
func TestInitClosesTheClientThatIsThere(t *testing.T) {
	n := known(t, implicit, begin(officePassword))
	n.client()
	own := n.path(".config", "popbridge", "client.json")
	n.write(own, n.gmail.ClientJSON(), 0o644)
	n.turns = append(n.turns, atClient(asked{`Its file, or "later" [` + own + "]: ", ""})...)
	n.expect(0, n.ca()...)
	n.modes()
	if strings.Contains(n.out.String(), "wrote "+own) {
		t.Error("it says that it wrote what was there")
	}
}

func TestInitTakesTheClientWhereItIsWithoutATerminal(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = officePassword
	n.client() // is not for it to find
	n.expect(0, append(n.ca(), n.answers()...)...)
	n.says("get the OAuth client as https://github.com/popbridge/popbridge/blob/main/docs/gmail-setup.md shows")
	if _, err := os.Stat(n.path(".config", "popbridge", "client.json")); err == nil {
		t.Error("a client was copied that nobody named")
	}
}

func TestInitSaysWhatIsNoClient(t *testing.T) {
	n := known(t, implicit, begin(officePassword))
	n.write(n.path("a.json"), []byte(`{"type":"service_account"}`), 0o600)
	n.write(n.path("b.json"), []byte(`<html>`), 0o600)
	n.write(n.path("c.json"), []byte(`{"other":{}}`), 0o600)
	n.write(n.path("d.json"), n.gmail.ClientJSON(), 0o600)
	n.turns = append(n.turns, atClient(asked{"Its file (Enter alone: later): ", "~/a.json"}, asked{"Its file", "~/b.json"},
		asked{"Its file", n.path("c.json")}, asked{"Its file", "~/nowhere.json"}, asked{"Its file", `'` + n.path("d.json") + `'`})...)
	n.expect(0, n.ca()...)
	n.says("a.json: read the service account's key: no service account's key in JSON", "b.json: read the OAuth client: no JSON", `c.json: read the OAuth client: no "installed"`, "no such file")
	n.modes()
	n = newNewcomer(t, implicit)
	n.stdin = officePassword
	n.expect(64, append(append(n.ca(), n.answers()...), "--client", n.path("nowhere.json"))...)
	n.says("--client: can't be read", "hint: how to get it: https://github.com/popbridge/popbridge/blob/main/docs/gmail-setup.md")
	n.wroteNothing()
}

func TestInitKnowsAServiceAccountByItsType(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(map[string]string{"type": "service_account", "client_email": "a@example.com", "client_id": "1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--client", "--service-account", ""} {
		n := known(t, implicit, begin(officePassword))
		n.write(n.path("key.json"), content, 0o644)
		turns, flags := atClient(asked{"Its file", n.path("key.json")}), n.ca()
		if flag != "" {
			turns, flags = atClient(), append(flags, flag, n.path("key.json"))
		}
		n.turns = append(n.turns, turns...)
		n.expect(0, flags...)
		if g, _ := n.wrote(); g.Client != "" || n.read(g.ServiceAccount) != string(content) {
			t.Errorf("wrote %+v", g)
		}
		n.modes()
	}
}

// Files that flags name are found from wherever popbridge runs later.
func TestInitNamesFilesByTheirWholePaths(t *testing.T) {
	n := newNewcomer(t, implicit)
	t.Chdir(n.home)
	n.write(n.path("secret"), []byte(officePassword), 0o600)
	n.write(n.path(".config", "popbridge", "ca.pem"), n.pop.CertificatePEM(), 0o600)
	n.expect(0, "--address", officeAddress, "--host", n.pop.Host(), "--port", portOf(n), "--password-file", "secret",
		"--tls-ca", ".config/popbridge/ca.pem", "--gmail", "shop@example.org")
	_, a := n.wrote()
	if a.Password.File != n.path("secret") || n.password(a) != officePassword {
		t.Errorf("wrote %+v", a.Password)
	}
	if !strings.Contains(n.read(n.config()), `tls_ca = "ca.pem"`) {
		t.Errorf("wrote\n%s", n.read(n.config()))
	}
}
