package app_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// nobody is whom a tool runs as where the tests run as root: getmail refuses
// to deliver mail as root.
const nobody = 65534

// tool is another program that fetches mail.
type tool struct {
	name string
	// rc is its configuration.
	rc string
	// args start it; fine are exit statuses besides 0 that aren't failures.
	args []string
	fine int
	// file is where it keeps what it fetched.
	file string
}

// toolsFor configures the tools for the mailbox shop.
func toolsFor(dir string, d *dovecottest.Server) []tool {
	at := func(name string) string { return filepath.Join(dir, name) }
	return []tool{
		{name: "getmail", args: []string{"--getmaildir=" + dir, "--rcfile=" + at("rc")}, file: fmt.Sprintf("oldmail-%s-%d-shop", d.Host(), d.POP3SPort()),
			rc: fmt.Sprintf("[retriever]\ntype = SimplePOP3SSLRetriever\nserver = %s\nport = %d\nusername = shop\npassword = secret\nca_certs = %s\n"+
				"[destination]\ntype = Maildir\npath = %s/\n[options]\nread_all = false\ndelete = false\nverbose = 0\n", d.Host(), d.POP3SPort(), at("ca.pem"), at("mail"))},
		{name: "mpop", args: []string{"--file=" + at("rc"), "--quiet"}, file: "uidls",
			rc: fmt.Sprintf("account default\nhost %s\nport %d\nuser shop\npassword secret\ntls on\ntls_starttls off\ntls_trust_file %q\nkeep on\nuidls_file %q\ndelivery maildir %q\n",
				d.Host(), d.POP3SPort(), at("ca.pem"), at("uidls"), at("mail"))},
		{name: "fetchmail", args: []string{"--fetchmailrc", at("rc"), "--silent", "--nodetach"}, fine: 1, file: ".fetchids",
			rc: fmt.Sprintf("set no bouncemail\npoll %s with protocol POP3 and port %d uidl:\n  user shop there with password secret\n"+
				"  ssl sslcertck sslcertfile %q sslcommonname localhost\n  keep\n  mda \"cat >/dev/null\"\n", d.Host(), d.POP3SPort(), at("ca.pem"))},
	}
}

// fetch has a tool fetch what is new to it.
func (x tool) fetch(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() == 0 {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, nobody, nobody))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var out []byte
	var err error
	for range 5 { // getmail misses the end of its own delivery now and then
		cmd := exec.Command(x.name, x.args...)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "FETCHMAILHOME=" + dir}
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		if out, err = cmd.CombinedOutput(); err == nil || cmd.ProcessState.ExitCode() == x.fine {
			return
		}
	}
	t.Fatalf("%s: %v\n%s", x.name, err, out)
}

// TestFilesThatToolsWrote has the tools fetch from a real server, and takes up
// what they had fetched.
func TestFilesThatToolsWrote(t *testing.T) {
	for i, name := range []string{"getmail", "mpop", "fetchmail"} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(name); err != nil && os.Getenv("POPBRIDGE_REQUIRE_TOOLS") != "1" {
				t.Skipf("needs %s: %v", name, err)
			}
			d := startDovecot(t, dovecottest.Options{Users: map[string]string{"shop": "secret"}})
			h := newHarness(t)
			h.dovecotAccount(d, "shop", "secret", "implicit")
			for i := range 6 {
				h.must(d.Deliver("shop", mail(fmt.Sprintf("old%d", i), strings.Repeat("x", i)+"\r\n")))
			}
			dir := folderForNobody(t)
			for _, folder := range []string{"mail/cur", "mail/new", "mail/tmp"} {
				h.must(os.MkdirAll(filepath.Join(dir, folder), 0o700))
			}
			x := toolsFor(dir, d)[i]
			h.must(os.WriteFile(filepath.Join(dir, "ca.pem"), d.CertificatePEM(), 0o600))
			h.must(os.WriteFile(filepath.Join(dir, "rc"), []byte(x.rc), 0o600))
			x.fetch(t, dir)
			h.must(d.Deliver("shop", mail("old6", "in a second run\r\n")))
			x.fetch(t, dir)
			h.must(d.Deliver("shop", mail("new0", "new\r\n")))
			h.must(d.Deliver("shop", mail("new1", "new\r\n")))
			h.expect(0, "adopt", "shop", "--from", name+":"+filepath.Join(dir, x.file))
			h.expectPrinted("shop: adopted 7 messages; 0 known before\n", " has 7 UIDs of user shop at "+d.Host(), "shop: 2 others will be imported by the next run\n")
			h.expect(0, "run")
			h.expectSilence()
			h.expectInGmail(2)
			for _, m := range h.arrived() {
				if !strings.HasPrefix(m.MessageID, "<new") {
					t.Errorf("%s was fetched before, and imported", m.MessageID)
				}
			}
		})
	}
}

// folderForNobody makes a folder that others can get to.
func folderForNobody(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}
