package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// account is a mailbox for popbridge, and for the other tools.
type account struct {
	// Name is the account's name as well as its user's.
	Name     string
	Password string
	// Addr is where TLS is spoken from the start, as host:port.
	Addr string
	// CA is the server's certificate in PEM.
	CA []byte
	// Keys are further lines of its table.
	Keys []string
}

// siteOptions say what popbridge is to work with.
type siteOptions struct {
	Gmail    *gmailProcess
	Accounts []account
	// UnitsPerMinute is what popbridge is told of the quota; 0 is no quota.
	UnitsPerMinute int
	// Top are lines before the tables, such as "jobs = 4".
	Top []string
}

// site is a folder with all that popbridge needs, its state included.
type site struct {
	dir     string
	program string
	options siteOptions
}

// newSite makes a site with no state.
func (b *bench) newSite(o siteOptions) (*site, error) {
	dir, err := b.folder("site")
	if err != nil {
		return nil, err
	}
	s := &site{dir: dir, program: b.program, options: o}
	if err := s.write("config.toml", []byte(s.config())); err != nil {
		return nil, err
	}
	if err := s.write("client.json", o.Gmail.ClientJSON()); err != nil {
		return nil, err
	}
	for i, a := range o.Accounts {
		if err := s.write(caName(i), a.CA); err != nil {
			return nil, err
		}
	}
	return s, s.forget()
}

func caName(i int) string { return fmt.Sprintf("ca-%d.pem", i) }

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name string, content []byte) error {
	if err := os.WriteFile(s.path(name), content, 0o600); err != nil {
		return fmt.Errorf("write popbridge's files: %w", err)
	}
	return nil
}

// config is the configuration.
func (s *site) config() string {
	var text strings.Builder
	o := s.options
	fmt.Fprintf(&text, "state = \"state/state.db\"\n%s\n", strings.Join(o.Top, "\n"))
	fmt.Fprintf(&text, "[[gmail]]\naddress = %q\nclient = \"client.json\"\ntoken = \"token.json\"\nendpoint = %q\nunits_per_minute = %d\n",
		o.Gmail.Address(), o.Gmail.URL(), o.UnitsPerMinute)
	for i, a := range o.Accounts {
		host, port, _ := net.SplitHostPort(a.Addr) // without a port popbridge complains of the configuration
		fmt.Fprintf(&text, "[[pop3]]\nname = %q\nhost = %q\nport = %s\nuser = %q\npassword = %q\ntls_ca = %q\n%s\n",
			a.Name, host, port, a.Name, a.Password, caName(i), strings.Join(a.Keys, "\n"))
	}
	return text.String()
}

// forget makes popbridge begin anew: no state, a new token.
func (s *site) forget() error {
	if err := os.RemoveAll(s.path("state")); err != nil {
		return fmt.Errorf("remove the state: %w", err)
	}
	token, err := s.options.Gmail.TokenJSON(gmailtest.ScopeInsert, gmailtest.ScopeLabels)
	if err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	return s.write("token.json", token)
}

// popbridge is a run of popbridge with this site's configuration.
func (s *site) popbridge(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, append([]string{"--config", s.path("config.toml")}, args...)...)
	cmd.Dir = s.dir
	cmd.Env = []string{"HOME=" + s.dir, "PATH=" + os.Getenv("PATH")}
	return cmd
}

// statePath is the state file, beside which the spool's folder lies.
func (s *site) statePath() string { return s.path("state/state.db") }
