package reliability_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// dovecotBox is a mailbox of a real Dovecot.
type dovecotBox struct {
	world  *killWorld
	server *dovecottest.Server
	user   string
}

func (b *dovecotBox) put(m *mailing) {
	if err := b.server.Deliver(b.user, m.raw); err != nil {
		b.world.t.Errorf("deliver to Dovecot: %v", err)
	}
}

// present reads the Maildir. A session that was left behind may move a file
// meanwhile.
func (b *dovecotBox) present() map[*mailing]int {
	raws, err := b.server.Messages(b.user)
	for errors.Is(err, fs.ErrNotExist) {
		raws, err = b.server.Messages(b.user)
	}
	b.world.must(err)
	n := map[*mailing]int{}
	for _, raw := range raws {
		m := b.world.find(sha256.Sum256(raw))
		if m == nil {
			b.world.t.Fatalf("Dovecot changed a message:\n%.300s", raw)
		}
		n[m]++
	}
	return n
}

// openDovecot is three mailboxes on a real Dovecot, over TLS.
func openDovecot(w *killWorld) []*killAccount {
	accounts := []*killAccount{
		{name: "atonce", keys: `retention = "0"`},
		{name: "minutes", keys: `retention = "10m"`},
		{name: "few", keys: `keep_messages = 6`},
	}
	users := map[string]string{}
	for _, a := range accounts {
		users[a.name] = "secret of " + a.name
	}
	s, err := dovecottest.Start(w.t.TempDir(), dovecottest.Options{Users: users})
	if errors.Is(err, dovecottest.ErrMissing) && os.Getenv("POPBRIDGE_REQUIRE_DOVECOT") != "1" {
		w.t.Skip("Dovecot is not installed: apt-get install dovecot-pop3d")
	}
	w.must(err)
	w.t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			w.t.Error(err)
		}
	})
	w.write("dovecot.pem", s.CertificatePEM())
	for _, a := range accounts {
		a.box = &dovecotBox{world: w, server: s, user: a.name}
		a.keys += fmt.Sprintf("\nhost = %q\nport = %d\ntls_ca = \"dovecot.pem\"", s.Host(), s.POP3SPort())
	}
	return accounts
}
