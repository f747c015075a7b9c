package dovecottest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// settings are what the configuration is made of.
type settings struct {
	Options
	Root         string // the folder that all of Dovecot's users can reach
	Log          string
	Name         string // unique, and said in the greeting
	POP3, POP3S  int
	UID, GID     int
	User, Group  string
	Unprivileged bool
}

// Without the anvil setting a failed login makes the next one wait for
// seconds. An ordinary user can't chroot, nor become another user.
var configuration = template.Must(template.New("dovecot.conf").Parse(`protocols = pop3
instance_name = {{.Name}}
base_dir = {{.Root}}/run
state_dir = {{.Root}}/state
log_path = {{.Log}}
listen = 127.0.0.1
login_greeting = {{.Name}} ready
ssl = yes
ssl_cert = <{{.Root}}/certificate.pem
ssl_key = <{{.Root}}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login{{if .APOP}} apop{{end}}{{if .OAuth}} xoauth2{{end}}
auth_username_format = %u
auth_username_chars =
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{{.Root}}/mail/%u
pop3_lock_session = {{if .LockSession}}yes{{else}}no{{end}}
{{- if .UIDLFormat}}
pop3_uidl_format = {{.UIDLFormat}}
{{- end}}
passdb {
  driver = passwd-file
  mechanisms = plain login apop
  args = username_format=%u {{.Root}}/users
}
{{- if .OAuth}}
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = {{.Root}}/oauth2.conf
}
{{- end}}
userdb {
  driver = static
  args = uid={{.UID}} gid={{.GID}} home={{.Root}}/mail/%u
}
service anvil {
  {{- if .Unprivileged}}
  chroot =
  {{- end}}
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service pop3-login {
  {{- if .Unprivileged}}
  chroot =
  {{- end}}
  service_count = 0
  inet_listener pop3 {
    port = {{.POP3}}
  }
  inet_listener pop3s {
    port = {{.POP3S}}
    ssl = yes
  }
}
{{- if .Unprivileged}}
service stats {
  chroot =
}
default_internal_user = {{.User}}
default_internal_group = {{.Group}}
default_login_user = {{.User}}
{{- end}}
{{.Extra}}
`))

// render gives the configuration file.
func (s settings) render() ([]byte, error) {
	var out bytes.Buffer
	if err := configuration.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("dovecottest: write the configuration: %w", err)
	}
	return out.Bytes(), nil
}

// passwd gives the passwd-file. Base64 lets a password hold a colon.
func passwd(users map[string]string) []byte {
	var lines []string
	for user, password := range users {
		lines = append(lines, user+":{PLAIN.b64}"+base64.StdEncoding.EncodeToString([]byte(password))+"\n")
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, ""))
}

// writeFiles puts the files beside the configuration in place. Dovecot's auth
// process, which is not root, reads the users.
func writeFiles(root string, o Options, c *certificate) error {
	files := []struct {
		name string
		data []byte
		mode os.FileMode
	}{
		{"certificate.pem", c.pem, 0o644},
		{"key.pem", c.key, 0o600},
		{"users", passwd(o.Users), 0o644},
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(root, f.name), f.data, f.mode); err != nil {
			return fmt.Errorf("dovecottest: write %s: %w", f.name, err)
		}
	}
	return nil
}
