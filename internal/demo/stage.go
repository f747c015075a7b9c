package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// address is the Gmail mailbox that all mail goes to.
const address = "desk@example.com"

// terms are the keys of the configuration that tell what becomes of each
// mailbox's mail.
type terms struct{ office, home string }

// runTerms are those of the scenes.
var runTerms = terms{
	office: `labels = ["Office", "INBOX", "UNREAD"]
retention = "14d"
`,
	home: `labels = ["Home/Family", "UNREAD"]
retention = "60d"
keep_messages = 10
capacity = "15 messages"
`,
}

// stage is the servers, and a folder with a configuration for them.
type stage struct {
	dir          string
	pop          *pop3test.Server
	gmail        *gmailtest.Server
	office, home *mailbox
}

// openStage starts the servers on free ports of the loopback.
func openStage(now func() time.Time, mail fs.FS, t terms) (st *stage, err error) {
	st = &stage{}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%w: %w", ErrSetup, err), st.close())
		}
	}()
	if st.pop, err = pop3test.Start(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true, Now: now}); err != nil {
		return st, err
	}
	if st.gmail, err = gmailtest.Start(gmailtest.Options{Addresses: []string{address}, Fold: true, Now: now}); err != nil {
		return st, err
	}
	st.office = &mailbox{Mailbox: st.pop.AddMailbox("office", password("office")), name: "office", mail: mail}
	st.home = &mailbox{Mailbox: st.pop.AddMailbox("home", password("home")), name: "home", mail: mail}
	return st, st.configure(t)
}

func password(user string) string { return "password of " + user }

// configure writes what popbridge needs into a new folder.
func (st *stage) configure(t terms) (err error) {
	if st.dir, err = os.MkdirTemp("", "popbridge-demo-"); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"config.toml": []byte(st.configText(t)),
		"ca.pem":      st.pop.CertificatePEM(),
		"client.json": st.gmail.ClientJSON(),
		"token.json":  st.gmail.TokenJSON(address, gmailtest.ScopeInsert, gmailtest.ScopeLabels),
	} {
		if err := os.WriteFile(filepath.Join(st.dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// config is the path of the configuration.
func (st *stage) config() string { return filepath.Join(st.dir, "config.toml") }

func (st *stage) configText(t terms) string {
	return fmt.Sprintf(`state = "state.db"

[[gmail]]
name = "gmail"
address = %q
client = "client.json"
token = "token.json"
endpoint = %q
units_per_minute = 0 # the stand-in has no quota
`, address, st.gmail.URL()) + st.accountText("office", t.office) + st.accountText("home", t.home)
}

func (st *stage) accountText(name, keys string) string {
	return fmt.Sprintf(`
[[pop3]]
name = %[1]q
host = %[2]q
port = %[3]d
tls_ca = "ca.pem"
user = %[1]q
password = %[4]q
%[5]s`, name, st.pop.Host(), st.pop.Port(), password(name), keys)
}

// close stops the servers and removes the folder.
func (st *stage) close() (err error) {
	if st.gmail != nil {
		st.gmail.Close()
	}
	if st.pop != nil {
		err = st.pop.Close()
	}
	if st.dir != "" {
		err = errors.Join(err, os.RemoveAll(st.dir))
	}
	if err != nil {
		return fmt.Errorf("clean up after the demo: %w", err)
	}
	return nil
}
